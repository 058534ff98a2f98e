import { FieldManager } from '../../src/api/labels.ts';
import type { ObjectRef } from '../../src/base/kube-object.ts';
import { Store } from '../../src/kube/cache/store.ts';
import { apiError } from '../../src/kube/client/api-error.ts';
import type { ApplyOptions, JsonPatchStep } from '../../src/kube/client/call-options.ts';
import { type KubeObject, keyOf, type Manifest, type ResourceType } from '../../src/kube/client/resource-type.ts';

interface Stored extends KubeObject {
  readonly spec?: object;
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] } & object;
}

/** One incoming write. */
export interface SeenWrite {
  readonly verb: 'apply' | 'create' | 'delete' | 'patch';
  readonly kind: string;
  readonly name: string;
  readonly subresource: string | undefined;
}

/** An object as a user writes it: missing fields are not changed. */
interface PutObject {
  readonly metadata: Partial<KubeObject['metadata']> & ObjectRef;
  readonly spec?: object;
  readonly status?: object;
}

type Fault = (write: SeenWrite, manifest: unknown) => 'hang' | number | Promise<void> | undefined;

/**
 * In-memory objects behind the part of the API client that the bridge uses: generations, finalizers, server-side apply
 * of labels and of conditions by type. It does not validate schemas: the integration tests use the real API server.
 */
export class MemoryCluster {
  readonly writes: SeenWrite[] = [];
  private readonly stores = new Map<string, Store<Stored>>();
  private readonly faults: Fault[] = [];
  private version = 0;

  /** The objects of a kind, as a cache shows them. */
  view<T extends KubeObject>({ kind }: ResourceType<T>): Store<T> {
    const known = this.stores.get(kind) ?? new Store<Stored>();
    this.stores.set(kind, known);
    return known as unknown as Store<T>;
  }

  /** Writes an object like a person, or a status like another program. */
  put<T extends KubeObject>(type: ResourceType<T>, object: PutObject): T {
    const before = this.view(type).get(keyOf(object.metadata)) as Stored | undefined;
    return this.store(type, before, object.metadata, object.spec ?? before?.spec, object.status ?? before?.status);
  }

  /** Makes writes fail with an HTTP status, respond late, or never respond. */
  failWhen(fault: Fault): () => void {
    this.faults.push(fault);
    return () => this.faults.splice(this.faults.indexOf(fault), 1);
  }

  async apply<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T> {
    const { name, labels } = manifest.metadata;
    await this.see({ verb: 'apply', kind: type.kind, name, subresource: options.subresource }, manifest, signal);
    const before = this.view(type).get(keyOf(manifest.metadata)) as Stored | undefined;
    const wanted = manifest as unknown as Pick<Stored, 'spec' | 'status'>;
    if (options.subresource === 'status') {
      if (before === undefined) throw refusal(404, name);
      const isShared = type.kind === 'Deployment';
      const status = isShared ? sharedStatus(before.status, wanted.status, options.fieldManager) : wanted.status;
      return this.store(type, before, before.metadata, before.spec, status);
    }
    const { suspend } = (before?.spec ?? {}) as { readonly suspend?: boolean };
    const spec = { ...wanted.spec, ...(suspend !== undefined && { suspend }) };
    const metadata = { ...manifest.metadata, ...before?.metadata, labels: { ...before?.metadata.labels, ...labels } };
    return this.store(type, before, metadata, spec, before?.status ?? { observedGeneration: -1 });
  }

  async create<T extends KubeObject>(type: ResourceType<T>, manifest: Manifest<T>, signal: AbortSignal): Promise<T> {
    const { metadata } = manifest;
    await this.see({ verb: 'create', kind: type.kind, name: metadata.name, subresource: undefined }, manifest, signal);
    if (this.view(type).get(keyOf(metadata)) !== undefined) throw refusal(409, metadata.name);
    const { spec } = manifest as unknown as Pick<Stored, 'spec'>;
    return this.store(type, undefined, metadata, spec, { observedGeneration: -1 });
  }

  /** Only labels and spec. */
  async mergePatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: object,
    signal: AbortSignal,
  ): Promise<T> {
    await this.see({ verb: 'patch', kind: type.kind, name: ref.name, subresource: undefined }, patch, signal);
    const before = this.view(type).get(keyOf(ref)) as Stored | undefined;
    if (before === undefined) throw refusal(404, ref.name);
    const { metadata, spec } = merged({ metadata: before.metadata, spec: before.spec }, patch) as Stored;
    return this.store(type, before, metadata, spec, before.status);
  }

  async delete(type: ResourceType, ref: ObjectRef, signal: AbortSignal): Promise<'Accepted' | 'Absent'> {
    await this.see({ verb: 'delete', kind: type.kind, name: ref.name, subresource: undefined }, undefined, signal);
    return this.remove(type, ref);
  }

  /** Deletes an object like a person: finalizers keep it. */
  remove(type: ResourceType, ref: ObjectRef): 'Accepted' | 'Absent' {
    const before = this.view(type).get(keyOf(ref)) as Stored | undefined;
    if (before === undefined) return 'Absent';
    if ((before.metadata.finalizers ?? []).length === 0) this.view(type).remove(keyOf(ref));
    else {
      const metadata = { ...before.metadata, deletionTimestamp: '2026-11-25T12:00:00Z' };
      this.store(type, before, metadata, before.spec, before.status);
    }
    return 'Accepted';
  }

  async find<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): Promise<T | undefined> {
    return this.view(type).get(keyOf(ref));
  }

  /** Supports only patches of finalizers. */
  async jsonPatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    steps: readonly JsonPatchStep[],
    signal: AbortSignal,
  ): Promise<T> {
    await this.see({ verb: 'patch', kind: type.kind, name: ref.name, subresource: undefined }, steps, signal);
    const before = this.view(type).get(keyOf(ref)) as Stored | undefined;
    if (before === undefined) throw refusal(404, ref.name);
    let finalizers = [...(before.metadata.finalizers ?? [])];
    for (const step of steps) {
      if (step.op === 'add' && step.path === '/metadata/finalizers') finalizers = step.value as string[];
      else if (step.op === 'add') finalizers.push(step.value as string);
      else if (step.op === 'remove') finalizers.splice(Number(step.path.split('/').at(-1)), 1);
    }
    const object = this.store(type, before, { ...before.metadata, finalizers }, before.spec, before.status);
    if (finalizers.length === 0 && before.metadata.deletionTimestamp !== undefined) this.view(type).remove(keyOf(ref));
    return object;
  }

  private async see(write: SeenWrite, manifest: unknown, signal: AbortSignal): Promise<void> {
    this.writes.push(write);
    const fault = this.faults.map((one) => one(write, manifest)).find((one) => one !== undefined);
    if (fault === undefined) return;
    if (typeof fault === 'number') throw refusal(fault, write.name);
    if (fault !== 'hang') return fault;
    await new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  private store<T extends KubeObject>(
    type: ResourceType<T>,
    before: Stored | undefined,
    metadata: Partial<KubeObject['metadata']> & { readonly name: string },
    spec: object | undefined,
    status: object | undefined,
  ): T {
    this.version += 1;
    const isChanged = before === undefined || JSON.stringify(before.spec) !== JSON.stringify(spec);
    const object = structuredClone({
      apiVersion: `${type.group}/${type.version}`,
      kind: type.kind,
      metadata: {
        creationTimestamp: '2026-11-25T10:00:00Z',
        uid: `uid-${this.version}`,
        ...before?.metadata,
        ...metadata,
        ...(before && { uid: before.metadata.uid }),
        resourceVersion: `${this.version}`,
        generation: (before?.metadata.generation ?? 0) + (isChanged ? 1 : 0),
      },
      spec,
      status: status ?? { observedGeneration: -1 },
    });
    this.view(type).put(object as unknown as T);
    return object as unknown as T;
  }
}

/** The status of a Deployment has two writers: the bridge owns the condition Reported, the controller all the rest. */
function sharedStatus(before: Stored['status'], applied: Stored['status'], manager: string): object {
  const isController = manager === FieldManager.controller;
  const others = (before?.conditions ?? []).filter(({ type }) => (type === 'Reported') === isController);
  return { ...(!isController && before), ...applied, conditions: [...others, ...(applied?.conditions ?? [])] };
}

/** RFC 7386. */
function merged(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const after: Record<string, unknown> = typeof before === 'object' ? { ...before } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete after[field];
    else after[field] = merged(after[field], value);
  }
  return after;
}

function refusal(code: number, objectName: string): Error {
  const reason = { 404: 'NotFound', 409: 'AlreadyExists' }[code] ?? 'Invalid';
  const message = `${objectName} is refused`;
  return apiError(`write ${objectName}`, { code, reason, message, objectName, causes: [], retryAfterMs: undefined });
}
