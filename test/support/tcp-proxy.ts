import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A stretch of network in front of a server on this machine, that can be cut or go dark. */
export class TcpProxy {
  private readonly server: Server;
  private readonly target: number;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private dark = false;

  private constructor(target: number) {
    this.target = target;
    this.server = createServer((near) => this.join(near));
  }

  /** Listens on a free port and forwards to `target`. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
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
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    const pair = [near, far] as const;
    this.pairs.add(pair);
    near.pipe(far).pipe(near);
    if (this.dark) for (const socket of pair) socket.pause();
    const part = () => {
      this.pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', part).on('close', part);
  }
}
