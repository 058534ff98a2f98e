import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RawChainSpec, rawChainSpec } from './chain-spec.ts';
import { Child } from './child-process.ts';
import { freePorts } from './ports.ts';

/** Time limits for the start of the chain and for building a block, in milliseconds. */
const START_MS = 60_000;
const BLOCK_MS = 60_000;

/**
 * Our runtime in chopsticks, on loopback: every block is final immediately, and blocks are built on demand. The state
 * is in memory: a restarted chain begins at its genesis.
 */
export class DevChain {
  /** `ws://127.0.0.1:PORT`. */
  readonly endpoint: string;
  private readonly child: Child;
  private readonly rpc: JsonRpc;
  private ticking: { timer: NodeJS.Timeout | undefined } | undefined;
  private building: Promise<unknown> = Promise.resolve();

  private constructor(endpoint: string, child: Child, rpc: JsonRpc) {
    this.endpoint = endpoint;
    this.child = child;
    this.rpc = rpc;
  }

  /**
   * Starts the chain.
   *
   * @param folder is created, for the chain alone.
   * @param port 0 chooses a free one.
   * @param spec default: the `development` preset of the committed runtime.
   */
  static async start(folder: string, port = 0, spec?: RawChainSpec): Promise<DevChain> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [free] = port === 0 ? await freePorts(1) : [port];
    if (free === undefined) throw new Error('no free port');
    const genesis = join(folder, 'chain-spec.json');
    writeFileSync(genesis, JSON.stringify(spec ?? (await rawChainSpec('development'))));
    const config = join(folder, 'chopsticks.json');
    writeFileSync(config, JSON.stringify({ genesis, 'build-block-mode': 'Manual', port: free, host: '127.0.0.1' }));
    const command = fileURLToPath(new URL('../node_modules/@acala-network/chopsticks/chopsticks.cjs', import.meta.url));
    const child = Child.start({
      name: 'chopsticks',
      command: process.execPath,
      args: [command, '--config', config],
      logFile: join(folder, 'chopsticks.log'),
    });
    const endpoint = `ws://127.0.0.1:${free}`;
    let rpc: JsonRpc | undefined;
    try {
      await child.untilReady(async () => {
        rpc = await JsonRpc.open(endpoint);
        return true;
      }, START_MS);
    } catch (error) {
      await child.stop();
      throw error;
    }
    if (rpc === undefined) throw new Error('the chain stopped answering after its start');
    return new DevChain(endpoint, child, rpc);
  }

  /** Builds a block every `ms` milliseconds, until this is called again; 0 stops. A block in progress is completed. */
  tick(ms: number): void {
    clearTimeout(this.ticking?.timer);
    this.ticking = undefined;
    if (ms === 0) return;
    const ticking: NonNullable<DevChain['ticking']> = { timer: undefined };
    this.ticking = ticking;
    const next = () => {
      if (this.ticking !== ticking) return;
      ticking.timer = setTimeout(() => {
        // The next block is scheduled after the previous one: a slow machine has longer block times, not a queue of
        // blocks.
        this.build(1).then(next, () => undefined);
      }, ms);
    };
    next();
  }

  /** Builds blocks one after the other, with all submitted transactions. */
  async build(count: number): Promise<void> {
    const built = this.building.then(() =>
      this.rpc.call('dev_newBlock', [{ count }], BLOCK_MS * Math.max(1, count / 20)),
    );
    this.building = built.catch(() => undefined);
    await built;
  }

  /** Calls any RPC method of the node. */
  async call(method: string, parameters: readonly unknown[]): Promise<unknown> {
    return this.rpc.call(method, parameters, BLOCK_MS);
  }

  /** Stops answering without closing connections, like an unplugged machine. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Resolves with the reason if the process ends by itself. */
  get exited(): Promise<string> {
    return this.child.exited;
  }

  async stop(): Promise<void> {
    this.tick(0);
    this.rpc.close();
    await this.child.stop();
  }
}

/** JSON-RPC over one WebSocket: enough for the `dev_` methods, which clients do not have. */
class JsonRpc {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, (reply: { result?: unknown; error?: { message: string } }) => void>();
  private lastId = 0;

  static open(endpoint: string): Promise<JsonRpc> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(endpoint);
      socket.onopen = () => resolve(new JsonRpc(socket));
      socket.onerror = () => reject(new Error(`${endpoint} does not answer`));
    });
  }

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.onerror = () => this.failAll('the connection to the chain broke');
    socket.onclose = () => this.failAll('the connection to the chain was closed');
    socket.onmessage = ({ data }) => {
      const reply = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
      const settle = reply.id === undefined ? undefined : this.waiting.get(reply.id);
      if (reply.id !== undefined) this.waiting.delete(reply.id);
      settle?.(reply);
    };
  }

  call(method: string, params: readonly unknown[], timeoutMs: number): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error(`${method} took longer than ${timeoutMs / 1000} s`));
      }, timeoutMs);
      this.waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        if (error === undefined) resolve(result);
        else reject(new Error(`${method} failed: ${error.message}`));
      });
      this.socket.send(JSON.stringify({ id, jsonrpc: '2.0', method, params }));
    });
  }

  close(): void {
    this.socket.close();
  }

  private failAll(message: string): void {
    for (const settle of this.waiting.values()) settle({ error: { message } });
    this.waiting.clear();
  }
}
