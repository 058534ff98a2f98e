import { type Clock, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { type Fence, openFence } from '../../base/fence.ts';
import { apiVersionOf, type ObjectRef } from '../../base/kube-object.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { apiStatusOf, isNotFound } from './api-error.ts';
import type { ApplyOptions, DeleteOptions, JsonPatchStep, WatchOptions, WriteOptions } from './call-options.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { Connections } from './connections.ts';
import { forKeeping } from './freeze.ts';
import { collectPages, type ListOptions, type ObjectList } from './list-pages.ts';
import {
  applyRequest,
  createRequest,
  deleteRequest,
  getRequest,
  listRequest,
  patchRequest,
  replaceRequest,
  watchRequest,
} from './object-requests.ts';
import type { KubeObject, Manifest, ResourceType } from './resource-type.ts';
import { type Repeatable, withRetry } from './retry.ts';
import { type HttpRequest, parseReply, type ReplyListener, readBounded, Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

export interface KubeClientOptions {
  /** How long one call may take with all its retries, in milliseconds; for a list, one page. Default 30 s. */
  readonly deadlineMs?: number;
  /** Largest response accepted, in bytes. Default 32 MiB. */
  readonly maxReplyBytes?: number;
  /** Checked immediately before a request that may change something is sent. Default: open. */
  readonly fence?: Fence;
  /** Called after every attempt, for metrics. */
  readonly onReply?: ReplyListener;
  /** Connections shared with other clients, closed by their owner. Default: the client's own. */
  readonly connections?: Connections;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * A client of one API server. Objects are the raw JSON they are on the wire.
 *
 * Every call ends by its deadline or its signal. Reads and applies are retried when the server is busy or unreachable,
 * everything else only when the server says that it did nothing. All throw the Cluster… errors of the catalogue;
 * `isNotFound`, `isConflict` and the like tell them apart.
 *
 * The only other error is LeadershipLostError: the fence was closed before the write was sent.
 */
export class KubeClient {
  /** Namespace of the kubeconfig's context, or the one the pod runs in. */
  readonly namespace: string | undefined;
  private readonly transport: Transport;
  private readonly connections: Connections;
  private readonly ownsConnections: boolean;
  private readonly deadlineMs: number;
  private readonly maxReplyBytes: number;
  private readonly clock: Clock;
  private readonly random: () => number;

  constructor(access: ClusterAccess, options: KubeClientOptions = {}) {
    this.namespace = access.namespace;
    this.connections = options.connections ?? new Connections(access.proxyUrl);
    this.ownsConnections = options.connections === undefined;
    this.transport = new Transport(access, this.connections, options.fence ?? openFence, options.onReply);
    this.deadlineMs = options.deadlineMs ?? 30_000;
    this.maxReplyBytes = options.maxReplyBytes ?? 32 * 1024 * 1024;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  /** Reads one object. */
  async get<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, signal: AbortSignal): Promise<T> {
    return this.callForObject(type, getRequest(type, ref), 'always', signal);
  }

  /**
   * Reads one object, or undefined when the server confirms that it does not exist. A server that does not serve the type
   * at all is an error, ClusterTypeMissing.
   */
  async find<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, signal: AbortSignal): Promise<T | undefined> {
    return this.get(type, ref, signal).catch((error: unknown) => {
      if (isProofOfAbsence(error, ref)) return undefined;
      throw error;
    });
  }

  /**
   * Lists all objects of a type, page by page, as one consistent state. Without options.resourceVersion that is the
   * latest (a consistent read, also from the watch cache). The objects are frozen and without managedFields.
   */
  async list<T extends KubeObject>(
    type: ResourceType<T>,
    options: ListOptions,
    signal: AbortSignal,
  ): Promise<ObjectList<T>> {
    const http = listRequest(type, options.namespace);
    // The server omits these from list items of built-in types.
    const [apiVersion, kind] = [apiVersionOf(type), type.kind];
    return collectPages<T>(
      options,
      (query) => this.call({ ...http, query }, 'always', signal),
      (item) => forKeeping({ ...item, apiVersion, kind }),
    );
  }

  /** Creates an object. Fails with ClusterAlreadyExists when one of that name exists. */
  async create<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    signal: AbortSignal,
    options: Omit<WriteOptions, 'subresource'> = {},
  ): Promise<T> {
    const http = createRequest(type, manifest, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /** Replaces a whole object. With metadata.resourceVersion it fails with ClusterConflict if the object has changed. */
  async replace<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    const http = replaceRequest(type, manifest, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /** Server-side apply: creates the object if it does not exist, otherwise sets the fields this manager owns. */
  async apply<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T> {
    return this.callForObject(type, applyRequest(type, manifest, options), 'always', signal);
  }

  /** JSON patch. A failed `test` step is ClusterInvalid, because the API server answers 422. */
  async jsonPatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    steps: readonly JsonPatchStep[],
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    const http = patchRequest(type, ref, steps, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /** JSON merge patch (RFC 7386): null removes a field, and a list is replaced as a whole. */
  async mergePatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: object,
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    const http = patchRequest(type, ref, patch, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /**
   * Requests the deletion of an object. `Accepted` does not mean gone: finalizers may keep it. `Absent` when the server
   * confirms that it does not exist. A failed precondition is ClusterConflict.
   */
  async delete(
    type: ResourceType,
    ref: ObjectRef,
    signal: AbortSignal,
    options: DeleteOptions = {},
  ): Promise<'Accepted' | 'Absent'> {
    try {
      await this.call(deleteRequest(type, ref, options), 'ifRejected', signal);
      return 'Accepted';
    } catch (error) {
      if (isProofOfAbsence(error, ref)) return 'Absent';
      throw error;
    }
  }

  /**
   * The changes of a type after a version. The iteration ends when the server closes the watch normally, and otherwise
   * throws as `watchEvents` does. Leaving the loop or aborting the signal closes the connection.
   */
  async *watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void, void> {
    const http = watchRequest(type, options);
    const deadline = startDeadline(signal, this.deadlineMs);
    try {
      const { body } = await this.transport.send(http, deadline.signal);
      // The stream is open: from here on the longer inactivity limit applies.
      deadline.restart(options.inactivityMs ?? 150_000);
      options.onOpen?.();
      yield* watchEvents<T>(http, body, deadline);
    } finally {
      deadline.clear();
    }
  }

  /**
   * Sends any request and returns its JSON response: for what is not an object, such as access reviews, token requests
   * and discovery. Retried only when that is safe for the method.
   */
  async request(http: HttpRequest, signal: AbortSignal): Promise<unknown> {
    return this.call(http, http.method === 'GET' ? 'always' : 'ifRejected', signal);
  }

  /** Closes the client's own connections. Calls in flight fail. */
  async close(): Promise<void> {
    if (this.ownsConnections) await this.connections.close();
  }

  private async callForObject<T extends KubeObject>(
    type: ResourceType<T>,
    http: HttpRequest,
    repeatable: Repeatable,
    signal: AbortSignal,
  ): Promise<T> {
    const reply = (await this.call(http, repeatable, signal)) as Partial<T>;
    if (reply.kind === type.kind && typeof reply.metadata?.name === 'string') return reply as T;
    throw new RetryableError('ClusterUndecodable', {
      message: `cannot ${http.attempt}: the response is not a ${type.kind}`,
    });
  }

  private async call(http: HttpRequest, repeatable: Repeatable, signal: AbortSignal): Promise<object> {
    const deadline = startDeadline(signal, this.deadlineMs);
    const once = () => this.callOnce(http, deadline.signal);
    try {
      return await withRetry(once, repeatable, this.clock, this.random, deadline.signal);
    } finally {
      deadline.clear();
    }
  }

  private async callOnce(http: HttpRequest, signal: AbortSignal): Promise<object> {
    const { body } = await this.transport.send(http, signal);
    return parseReply(http, await readBounded(http, body, this.maxReplyBytes, signal));
  }
}

/** The server confirms that this object does not exist. */
function isProofOfAbsence(error: unknown, { name }: ObjectRef): boolean {
  return isNotFound(error) && apiStatusOf(error)?.objectName === name;
}
