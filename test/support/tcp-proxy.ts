import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A stretch of network in front of a server on this machine, that can be cut, go dark, or lead somewhere else. */
export class TcpProxy {
  readonly port: number;
  private readonly server: Server;
  private target: number;
  private rewrite: ((sent: Buffer) => Buffer) | undefined;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private dark = false;

  private constructor(target: number, server: Server) {
    this.target = target;
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near: Socket) => this.join(near));
  }

  /** Listens on a free port and forwards to `target`. */
  static async to(target: number): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(target, server);
  }

  /**
   * Leads to another port from now on, and breaks every connection. What is sent from there passes through `rewrite`,
   * piece by piece as it comes.
   */
  leadTo(target: number, rewrite?: (sent: Buffer) => Buffer): void {
    this.target = target;
    this.rewrite = rewrite;
    this.cut();
  }

  /** From now on what is sent from there passes through `rewrite`, also on connections that there are. */
  rewriteFromNow(rewrite: (sent: Buffer) => Buffer): void {
    this.rewrite = rewrite;
  }

  /** Nobody listens any more: connections are refused. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  /** Listens again, at the same port. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  /** Breaks every connection. New ones are let through. */
  cut(): void {
    for (const [near, far] of this.pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** From now on nothing passes and nothing breaks, as behind a firewall that drops. New connections hang as well. */
  freeze(): void {
    this.dark = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** Lets through again what is still connected. */
  thaw(): void {
    this.dark = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.down();
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    const pair = [near, far] as const;
    this.pairs.add(pair);
    near.pipe(far);
    far
      .pipe(new Transform({ transform: (sent: Buffer, _, done) => done(null, this.rewrite?.(sent) ?? sent) }))
      .pipe(near);
    if (this.dark) for (const socket of pair) socket.pause();
    const part = () => {
      this.pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', part).on('close', part);
  }
}
