import { type Clock, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { openFence } from '../../base/fence.ts';
import { apiVersionOf, type ObjectRef } from '../../base/kube-object.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { apiStatusOf, isNotFound } from './api-error.ts';
import type { ApplyOptions, DeleteOptions, JsonPatchStep, WatchOptions, WriteOptions } from './call-options.ts';
import type { KubeClientOptions } from './client-options.ts';
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
import { parseReply } from './reply.ts';
import type { KubeObject, Manifest, ResourceType } from './resource-type.ts';
import { type Repeatable, withRetry } from './retry.ts';
import { type HttpRequest, readBounded, Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

/** Name of this writer in managedFields of what is not applied. */
const FIELD_MANAGER = 'dinfra-operator';

/**
 * A client of one API server. Objects go in and come out as the raw JSON they are on the wire.
 *
 * Every call ends by its deadline or its signal. Reads and applies are tried again when the server is busy or out of
 * reach, everything else only when the server says that it did nothing. All throw the Cluster… errors of the catalogue;
 * `isNotFound`, `isConflict` and the like tell them apart.
 *
 * The one other error is LeadershipLostError: the fence was asked before the bytes of a write were sent, and denied it.
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
   * Reads one object, or undefined when the server has looked for it and found none. A server that does not serve the
   * type at all is an error, ClusterTypeMissing.
   */
  async find<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, signal: AbortSignal): Promise<T | undefined> {
    return this.get(type, ref, signal).catch((error: unknown) => {
      if (isProofOfAbsence(error, ref)) return undefined;
      throw error;
    });
  }

  /**
   * Reads all objects of a type, page by page, as one consistent state. Without options.resourceVersion that is the
   * latest there is: a server that answers from its watch cache makes sure of that first. They are frozen, and without
   * managedFields.
   */
  async list<T extends KubeObject>(
    type: ResourceType<T>,
    options: ListOptions,
    signal: AbortSignal,
  ): Promise<ObjectList<T>> {
    const http = listRequest(type, options.namespace);
    // The server leaves these out of the items of its own types.
    const [apiVersion, kind] = [apiVersionOf(type), type.kind];
    return collectPages<T>(
      options,
      (query) => this.call({ ...http, query }, 'always', signal),
      (item) => forKeeping({ ...item, apiVersion, kind }),
    );
  }

  /** Makes a new object. Fails with ClusterAlreadyExists when there is one of that name. */
  async create<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    signal: AbortSignal,
    options: Pick<WriteOptions, 'dryRun'> = {},
  ): Promise<T> {
    const http = createRequest(type, manifest, FIELD_MANAGER, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /** Replaces an object as a whole. With metadata.resourceVersion it fails with ClusterConflict on one that changed. */
  async replace<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    const http = replaceRequest(type, manifest, FIELD_MANAGER, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /** Server-side apply: makes the object when there is none, and otherwise changes the fields this manager owns. */
  async apply<T extends KubeObject>(
    type: ResourceType<T>,
    manifest: Manifest<T>,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T> {
    return this.callForObject(type, applyRequest(type, manifest, options), 'always', signal);
  }

  /** JSON patch. A `test` step that does not hold fails with ClusterInvalid, as the API server has it. */
  async jsonPatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    steps: readonly JsonPatchStep[],
    signal: AbortSignal,
    options: WriteOptions = {},
  ): Promise<T> {
    const http = patchRequest(type, ref, steps, FIELD_MANAGER, options);
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
    const http = patchRequest(type, ref, patch, FIELD_MANAGER, options);
    return this.callForObject(type, http, 'ifRejected', signal);
  }

  /**
   * Asks for an object to be deleted. `Accepted` does not mean gone: finalizers keep it. `Absent` when the server has
   * looked for it and found none. A precondition that does not hold fails with ClusterConflict.
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
   * The changes of a type from a version on. The iteration ends when the server ends the watch in order, and throws as
   * `watchEvents` does otherwise. Leaving the loop, or aborting the signal, closes the connection.
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
      // Now it may be silent for longer.
      deadline.restart(options.inactivityMs ?? 150_000);
      options.onOpen?.();
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

  /** Cuts every connection of its own. Calls under way fail. */
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
    throw new RetryableError('ClusterUndecodable', { message: `cannot ${http.attempt}: the reply is no ${type.kind}` });
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

/** The server has looked for this very object and found none. */
function isProofOfAbsence(error: unknown, { name }: ObjectRef): boolean {
  return isNotFound(error) && apiStatusOf(error)?.objectName === name;
}
