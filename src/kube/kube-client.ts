import { isNotFound } from './api-error.ts';
import type { ApplyOptions, DeleteOptions, JsonPatchStep, WatchOptions, WriteOptions } from './call-options.ts';
import type { KubeClientOptions } from './client-options.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { startDeadline } from './deadline.ts';
import { collectPages, type ListOptions, type ObjectList } from './list-pages.ts';
import { parseReply } from './reply.ts';
import {
  apiVersionOf,
  collectionPath,
  type KubeObject,
  keyOf,
  type Manifest,
  type ObjectRef,
  objectPath,
  type ResourceType,
  resourceNameOf,
} from './resource-type.ts';
import { type Repeatable, withRetry } from './retry.ts';
import type { TokenBucket } from './token-bucket.ts';
import { type HttpRequest, readBounded, Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

/**
 * A client of one API server. Objects go in and come out as the raw JSON they are on the wire.
 *
 * Every call ends by its deadline or its signal. Reads and applies are tried again when the server is busy or out of
 * reach, everything else only when the server says that it did nothing. All throw the Cluster… errors of the catalogue;
 * `isNotFound`, `isConflict` and the like tell them apart.
 */
export class KubeClient {
  /** Namespace of the kubeconfig's context, or the one the pod runs in. */
  readonly namespace: string | undefined;
  private readonly transport: Transport;
  private readonly fieldManager: string;
  private readonly deadlineMs: number;
  private readonly maxReplyBytes: number;
  private readonly rateLimit: TokenBucket | undefined;
  private readonly clock: Clock;
  private readonly random: () => number;

  constructor(access: ClusterAccess, options: KubeClientOptions = {}) {
    this.namespace = access.namespace;
    this.transport = new Transport(access, options.userAgent ?? 'dinfra-operator', options.onReply);
    this.fieldManager = options.fieldManager ?? 'dinfra-operator';
    this.deadlineMs = options.deadlineMs ?? 30_000;
    this.maxReplyBytes = options.maxReplyBytes ?? 32 * 1024 * 1024;
    this.rateLimit = options.rateLimit;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  /** Reads one object. */
  async get<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, signal: AbortSignal): Promise<T> {
    return this.call<T>(
      { method: 'GET', path: objectPath(type, ref), attempt: `get ${resourceNameOf(type)} ${keyOf(ref)}` },
      'always',
      signal,
    );
  }

  /** Reads one object, or undefined when the server says that there is none. */
  async find<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, signal: AbortSignal): Promise<T | undefined> {
    return this.get(type, ref, signal).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  /**
   * Reads all objects of a type, page by page, as one consistent state. Without options.resourceVersion that is the
   * latest there is, never what a cache remembers.
   */
  async list<T extends KubeObject>(
    type: ResourceType<T>,
    options: ListOptions,
    signal: AbortSignal,
  ): Promise<ObjectList<T>> {
    const path = collectionPath(type, options.namespace);
    const attempt = `list ${resourceNameOf(type)}${options.namespace === undefined ? '' : ` in ${options.namespace}`}`;
    const list = await collectPages<T>(options, (query) =>
      this.call({ method: 'GET', path, query, attempt }, 'always', signal),
    );
    // The server leaves these out of the items of its own types.
    const [apiVersion, kind] = [apiVersionOf(type), type.kind];
    return { ...list, items: list.items.map((item) => ({ ...item, apiVersion, kind })) };
  }

  /** Makes a new object. Fails with ClusterAlreadyExists when there is one of that name. */
  async create<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    signal: AbortSignal,
    options: Pick<WriteOptions, 'dryRun'> = {},
  ): Promise<T> {
    return this.call<T>(
      {
        method: 'POST',
        path: collectionPath(type, namespaceFor(type, manifest.metadata)),
        query: { fieldManager: this.fieldManager, ...dryRun(options) },
        body: { apiVersion: apiVersionOf(type), kind: type.kind, ...manifest },
        attempt: `create ${resourceNameOf(type)} ${keyOf(manifest.metadata)}`,
      },
      'ifRejected',
      signal,
    );
  }

  /** Replaces an object as a whole. With metadata.resourceVersion it fails with ClusterConflict on one that changed. */
  async replace<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.call<T>(
      {
        method: 'PUT',
        path: objectPath(type, manifest.metadata, options.subresource),
        query: { fieldManager: this.fieldManager, ...dryRun(options) },
        body: { apiVersion: apiVersionOf(type), kind: type.kind, ...manifest },
        attempt: `replace ${resourceNameOf(type)} ${keyOf(manifest.metadata)}`,
      },
      'ifRejected',
      signal,
    );
  }

  /** Server-side apply: makes the object when there is none, and otherwise changes the fields this manager owns. */
  async apply<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T> {
    return this.call<T>(
      {
        method: 'PATCH',
        path: objectPath(type, manifest.metadata, options.subresource),
        query: { fieldManager: options.fieldManager, force: options.force ?? true, ...dryRun(options) },
        // Every JSON text is YAML.
        contentType: 'application/apply-patch+yaml',
        body: { apiVersion: apiVersionOf(type), kind: type.kind, ...manifest },
        attempt: `apply ${resourceNameOf(type)} ${keyOf(manifest.metadata)}`,
      },
      'always',
      signal,
    );
  }

  /** JSON patch. A `test` step that does not hold fails with ClusterInvalid, as the API server has it. */
  async jsonPatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    steps: readonly JsonPatchStep[],
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.patch(type, ref, 'application/json-patch+json', steps, signal, options);
  }

  /** JSON merge patch (RFC 7386): null removes a field, and a list is replaced as a whole. */
  async mergePatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: object,
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.patch(type, ref, 'application/merge-patch+json', patch, signal, options);
  }

  /**
   * Asks for an object to be deleted. `Accepted` does not mean gone: finalizers keep it. `Absent` when there is none.
   * A precondition that does not hold fails with ClusterConflict.
   */
  async delete(
    type: ResourceType,
    ref: ObjectRef,
    signal: AbortSignal,
    options: DeleteOptions = {},
  ): Promise<'Accepted' | 'Absent'> {
    const { dryRun: dry, ...body } = options;
    try {
      await this.request(
        {
          method: 'DELETE',
          path: objectPath(type, ref),
          query: dryRun(dry === undefined ? {} : { dryRun: dry }),
          body: { apiVersion: 'v1', kind: 'DeleteOptions', ...body },
          attempt: `delete ${resourceNameOf(type)} ${keyOf(ref)}`,
        },
        signal,
      );
      return 'Accepted';
    } catch (error) {
      if (isNotFound(error)) return 'Absent';
      throw error;
    }
  }

  /**
   * The changes of a type from a version on. The iteration ends when the server ends the watch in order, and throws as
   * `watchEvents` does otherwise. Leaving the loop, or aborting the signal, closes the connection.
   */
  async *watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void, void> {
    const http: HttpRequest = {
      method: 'GET',
      path: collectionPath(type, options.namespace),
      query: {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        timeoutSeconds: options.timeoutSeconds ?? 300,
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
      },
      attempt: `watch ${resourceNameOf(type)}${options.namespace === undefined ? '' : ` in ${options.namespace}`}`,
    };
    const deadline = startDeadline(signal, this.deadlineMs);
    try {
      await this.rateLimit?.take(deadline.signal);
      const { body } = await this.transport.send(http, deadline.signal);
      // Now it may be silent for longer.
      deadline.restart(options.inactivityMs ?? 150_000);
      yield* watchEvents<T>(http, body, deadline);
    } finally {
      deadline.clear();
    }
  }

  /**
   * Sends any request and returns its JSON reply: for what is not an object, such as reviews, token requests and
   * discovery. Tried again only when that is safe for the method.
   */
  async request(http: HttpRequest, signal: AbortSignal): Promise<unknown> {
    return this.call(http, http.method === 'GET' ? 'always' : 'ifRejected', signal);
  }

  /** Cuts every connection. Calls under way fail. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    contentType: string,
    body: unknown,
    signal: AbortSignal,
    options: WriteOptions,
  ): Promise<T> {
    return this.call<T>(
      {
        method: 'PATCH',
        path: objectPath(type, ref, options.subresource),
        query: { fieldManager: this.fieldManager, ...dryRun(options) },
        contentType,
        body,
        attempt: `patch ${resourceNameOf(type)} ${keyOf(ref)}`,
      },
      'ifRejected',
      signal,
    );
  }

  private async call<T>(http: HttpRequest, repeatable: Repeatable, signal: AbortSignal): Promise<T> {
    const deadline = startDeadline(signal, this.deadlineMs);
    try {
      return await withRetry(
        () => this.once<T>(http, deadline.signal),
        repeatable,
        this.clock,
        this.random,
        deadline.signal,
      );
    } finally {
      deadline.clear();
    }
  }

  private async once<T>(http: HttpRequest, signal: AbortSignal): Promise<T> {
    await this.rateLimit?.take(signal);
    const { body } = await this.transport.send(http, signal);
    return parseReply<T>(http, await readBounded(http, body, this.maxReplyBytes, signal));
  }
}

function namespaceFor(type: ResourceType, { name, namespace }: ObjectRef): string | undefined {
  if (type.namespaced && namespace === undefined) throw new TypeError(`${type.kind} ${name} has no namespace`);
  return namespace;
}

function dryRun(options: { readonly dryRun?: boolean }): { readonly dryRun?: string } {
  return options.dryRun === true ? { dryRun: 'All' } : {};
}
