import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One object of the only type this server has: ConfigMaps. */
export interface FakeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly data: Readonly<Record<string, string>>;
}

/** An injected failure of one request. */
export type Fault =
  | { readonly kind: 'status'; readonly code: number; readonly retryAfter?: number; readonly body?: string }
  /** The connection is closed without a reply. */
  | { readonly kind: 'cut' }
  /** The connection stays open without a response. */
  | { readonly kind: 'hang' }
  /** 200, and not JSON. */
  | { readonly kind: 'garbage' };

/** An incoming request. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number | undefined;
}

interface Logged {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: FakeObject;
}

/**
 * An API server over real HTTP that misbehaves on demand. It lists and watches one type in one namespace, in memory,
 * with versions, pages, bookmarks and compaction. Other requests are answered as scripted with `reply`.
 */
export class FakeApiServer {
  readonly seen: SeenRequest[] = [];
  private readonly server: Server;
  /** Each open watch and the version it was opened from. */
  private readonly watchers = new Map<ServerResponse, number>();
  private readonly muted = new Set<ServerResponse>();
  private readonly faults: { readonly match: (request: SeenRequest) => boolean; readonly fault: Fault }[] = [];
  private readonly log: Logged[] = [];
  /** The state at each version. */
  private readonly states = new Map<number, ReadonlyMap<string, FakeObject>>([[1, new Map()]]);
  private replies: ((request: SeenRequest, response: ServerResponse) => boolean)[] = [];
  private version = 1;
  private oldest = 1;
  private uids = 0;

  private constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  static async start(port = 0): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    await fake.listen(port);
    return fake;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Open watches. */
  get watching(): number {
    return this.watchers.size - this.muted.size;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }

  /** Closes all connections and stops listening. `listen` starts it again. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    this.watchers.clear();
    this.muted.clear();
  }

  /** Scripts a reply, which returns false for requests that it does not handle. */
  reply(script: (request: SeenRequest, response: ServerResponse) => boolean): void {
    this.replies = [script, ...this.replies];
  }

  /** Makes the next matching request fail. */
  failNext(match: 'list' | 'watch' | 'any', fault: Fault, times = 1): void {
    const matches = (request: SeenRequest) =>
      match === 'any' || (request.url.searchParams.has('watch') ? 'watch' : 'list') === match;
    for (let i = 0; i < times; i++) this.faults.push({ match: matches, fault });
  }

  /** The data of all objects, by name. */
  contents(): Record<string, string> {
    return Object.fromEntries([...this.state()].map(([name, { data }]) => [name, data['value'] ?? '']));
  }

  /** Writes an object. With `lost` no watch ever delivers the change, like a defective watch. */
  put(name: string, value: string, { lost = false } = {}): void {
    const known = this.state().get(name);
    this.version += 1;
    const uid = known?.metadata.uid ?? `uid-${++this.uids}`;
    const object = {
      metadata: { name, namespace: 'default', uid, resourceVersion: `${this.version}` },
      data: { value },
    };
    this.states.set(this.version, new Map(this.state(this.version - 1)).set(name, object));
    if (!lost) this.deliver({ version: this.version, type: known === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  remove(name: string, { lost = false } = {}): void {
    const known = this.state().get(name);
    if (known === undefined) return;
    this.version += 1;
    const left = new Map(this.state(this.version - 1));
    left.delete(name);
    this.states.set(this.version, left);
    const object = { ...known, metadata: { ...known.metadata, resourceVersion: `${this.version}` } };
    if (!lost) this.deliver({ version: this.version, type: 'DELETED', object });
  }

  /** Drops all versions but the current one, like etcd's compaction. */
  compact(): void {
    this.oldest = this.version;
  }

  /** Restarts from a backup with these objects at a lower version, like a restored etcd. */
  restore(contents: Readonly<Record<string, string>>): void {
    this.cutWatches();
    this.log.length = 0;
    this.states.clear();
    this.states.set(1, new Map());
    this.version = 1;
    this.oldest = 1;
    for (const [name, value] of Object.entries(contents)) this.put(name, value);
  }

  /** Sends a bookmark to all watches. */
  bookmark(): void {
    const object = { metadata: { resourceVersion: `${this.version}` } };
    for (const watcher of this.watchers.keys()) this.send(watcher, { type: 'BOOKMARK', object });
  }

  /** Sends one raw line to all watches. */
  sendLine(line: string): void {
    for (const watcher of this.watchers.keys()) if (!this.muted.has(watcher)) watcher.write(line);
  }

  /** Closes all watches normally. */
  endWatches(): void {
    for (const watcher of this.watchers.keys()) watcher.end();
    this.watchers.clear();
  }

  /** Cuts all watches, optionally in the middle of a line. */
  cutWatches({ midLine = false } = {}): void {
    for (const watcher of this.watchers.keys()) {
      if (midLine) watcher.write('{"type":"MODIFIED","object":{"metada', () => watcher.destroy());
      else watcher.destroy();
    }
    this.watchers.clear();
  }

  /** Keeps the open watches open but silent, like a lost network path. */
  muteWatches(): void {
    for (const watcher of this.watchers.keys()) this.muted.add(watcher);
  }

  private state(version = this.version): ReadonlyMap<string, FakeObject> {
    return this.states.get(version) ?? new Map();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', this.url);
    const { method = 'GET', headers } = request;
    const seen = { method, url, headers, body, port: request.socket.remotePort };
    this.seen.push(seen);
    const fault = this.faults.findIndex(({ match }) => match(seen));
    const [injected] = fault < 0 ? [] : this.faults.splice(fault, 1);
    if (injected !== undefined) return misbehave(response, injected.fault);
    if (this.replies.some((script) => script(seen, response))) return;
    if (url.searchParams.has('watch')) return this.watch(url, response);
    this.list(url, response);
  }

  private list(url: URL, response: ServerResponse): void {
    const limit = Number(url.searchParams.get('limit') ?? 500);
    const [tokenVersion, offset] = (url.searchParams.get('continue') ?? '').split(':').map(Number);
    const exact = url.searchParams.get('resourceVersion');
    const version = tokenVersion || Number(exact ?? this.version);
    if (version < this.oldest) {
      refuse(response, 410, 'Expired');
      return;
    }
    const all = [...this.state(version).values()];
    const from = offset ?? 0;
    const more = from + limit < all.length ? { continue: `${version}:${from + limit}` } : {};
    respond(response, 200, {
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      metadata: { resourceVersion: `${version}`, ...more },
      items: all.slice(from, from + limit),
    });
  }

  private watch(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    if (from < this.oldest) {
      const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    this.watchers.set(response, from);
    response.on('close', () => {
      this.watchers.delete(response);
      this.muted.delete(response);
    });
    for (const { version, type, object } of this.log) if (version > from) this.send(response, { type, object });
    const seconds = Number(url.searchParams.get('timeoutSeconds') ?? 300);
    const timer = setTimeout(() => response.end(), seconds * 1000);
    response.on('close', () => clearTimeout(timer));
  }

  private deliver(logged: Logged): void {
    this.log.push(logged);
    // A watch from a future version gets no events up to that version.
    for (const [watcher, from] of this.watchers) {
      if (logged.version > from) this.send(watcher, { type: logged.type, object: logged.object });
    }
  }

  private send(watcher: ServerResponse, event: object): void {
    if (!this.muted.has(watcher)) watcher.write(`${JSON.stringify(event)}\n`);
  }
}

/** Writes a JSON reply. */
export function respond(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Writes a Status like an API server; `name` is that of the object. */
export function refuse(response: ServerResponse, code: number, reason: string, name?: string): void {
  const details = name === undefined ? {} : { details: { name } };
  respond(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: reason,
    ...details,
  });
}

function misbehave(response: ServerResponse, fault: Fault): void {
  switch (fault.kind) {
    case 'status':
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', `${fault.retryAfter}`);
      if (fault.body === undefined) refuse(response, fault.code, 'Injected');
      else response.writeHead(fault.code).end(fault.body);
      return;
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'garbage':
      response.writeHead(200).end('<html>please log in</html>');
  }
}
