import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A TCP proxy in front of a local server that can break connections, drop traffic, or switch its target. */
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

  /** Switches to another port and breaks every connection. Data from there goes through `rewrite`, chunk by chunk. */
  leadTo(target: number, rewrite?: (sent: Buffer) => Buffer): void {
    this.target = target;
    this.rewrite = rewrite;
    this.cut();
  }

  /** From now on data from there goes through `rewrite`, also on existing connections. */
  rewriteFromNow(rewrite: (sent: Buffer) => Buffer): void {
    this.rewrite = rewrite;
  }

  /** Stops listening: connections are refused. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  /** Listens again, at the same port. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  /** Breaks every connection. New ones are forwarded. */
  cut(): void {
    for (const [near, far] of this.pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Drops all traffic without breaking connections, like a firewall. New connections hang, too. */
  freeze(): void {
    this.dark = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** Forwards traffic of existing connections again. */
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
