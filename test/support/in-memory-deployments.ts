import type { Deployment, DeploymentSpec, DeploymentStatus } from '../../src/api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import type { DeploymentCluster } from '../../src/controller/deployment/deployment-cluster.ts';
import { RetryableError } from '../../src/errors/dinfra-error.ts';
import { keyOf } from '../../src/kube/client/resource-type.ts';

/** Deployments in memory, with the rules of an API server: versions, conflicts, generations, finalizers. */
export class InMemoryDeployments implements DeploymentCluster {
  /** All written statuses, in order. */
  readonly writes: DeploymentStatus[] = [];
  /** How many writes the cached view is behind. */
  lag = 0;
  /** Errors to throw instead of the next writes, one for each. */
  readonly failWrites: Error[] = [];
  /** Called before each write, with its content. */
  onWrite: (status: DeploymentStatus) => Promise<void> = async () => undefined;
  /** All versions of each object; undefined stands for its deletion. */
  readonly #versions = new Map<string, (Deployment | undefined)[]>();
  #version = 0;

  put(deployment: Deployment): void {
    this.#push(keyOf(deployment.metadata), deployment);
  }

  /** The current object. */
  now(key: string): Deployment {
    const object = this.#versions.get(key)?.at(-1);
    if (object === undefined) throw new Error(`there is no Deployment ${key}`);
    return object;
  }

  /** Whether the object exists. */
  has(key: string): boolean {
    return this.#versions.get(key)?.at(-1) !== undefined;
  }

  /** Changes the spec as another writer. */
  changeSpec(key: string, change: Partial<DeploymentSpec>): void {
    const { metadata, ...object } = this.now(key);
    const spec = { ...object.spec, ...change };
    this.#push(key, { ...object, spec, metadata: { ...metadata, generation: metadata.generation + 1 } });
  }

  /** Changes metadata as another writer. */
  changeMetadata(key: string, change: Partial<Deployment['metadata']>): void {
    const object = this.now(key);
    this.#push(key, { ...object, metadata: { ...object.metadata, ...change } });
  }

  /** Changes or clears the status as another writer. */
  changeStatus(key: string, status: DeploymentStatus): void {
    this.#push(key, { ...this.now(key), status });
  }

  view(key: string): Deployment | undefined {
    const versions = this.#versions.get(key) ?? [];
    return versions.at(-1 - Math.min(this.lag, versions.length - 1));
  }

  async read({ metadata }: Deployment): Promise<Deployment> {
    return this.now(keyOf(metadata));
  }

  async addFinalizer({ metadata }: Deployment): Promise<void> {
    const key = keyOf(metadata);
    const { uid, finalizers = [], deletionTimestamp } = this.now(key).metadata;
    if (uid !== metadata.uid || deletionTimestamp !== undefined || finalizers.includes(TEARDOWN_FINALIZER)) return;
    this.changeMetadata(key, { finalizers: [...finalizers, TEARDOWN_FINALIZER] });
  }

  async removeFinalizer({ metadata }: Deployment): Promise<void> {
    const key = keyOf(metadata);
    const object = this.now(key);
    // A recreated object of the same name is another object.
    if (object.metadata.uid !== metadata.uid) return;
    const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== TEARDOWN_FINALIZER);
    if (finalizers.length === 0 && object.metadata.deletionTimestamp !== undefined) this.#push(key, undefined);
    else this.changeMetadata(key, { finalizers });
  }

  async writeStatus(seen: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<Deployment> {
    await this.onWrite(status);
    signal.throwIfAborted();
    const failure = this.failWrites.shift();
    if (failure !== undefined) throw failure;
    const key = keyOf(seen.metadata);
    const object = this.now(key);
    if (object.metadata.resourceVersion !== seen.metadata.resourceVersion) {
      throw new RetryableError('ClusterConflict', { message: `${key} has changed` });
    }
    // Fields of other managers stay.
    const others = (object.status.conditions ?? []).filter(({ type }) => type === 'Reported');
    const conditions = [...(status.conditions ?? []), ...others];
    const written = { ...status, ...(conditions.length > 0 && { conditions }) };
    this.writes.push(written);
    // JSON has no undefined.
    return this.#push(key, { ...object, status: JSON.parse(JSON.stringify(written)) as DeploymentStatus });
  }

  #push<T extends Deployment | undefined>(key: string, object: T): T {
    const resourceVersion = `${++this.#version}`;
    const versioned = object && { ...object, metadata: { ...object.metadata, resourceVersion } };
    this.#versions.set(key, [...(this.#versions.get(key) ?? []).slice(-8), versioned]);
    return versioned as T;
  }
}
