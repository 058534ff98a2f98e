import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Frame, FrameSplitter } from '../support/websocket-frames.ts';

/** Carries an extrinsic; see `Effects.carry`. */
type Carry = (name: string, forward: () => Promise<Buffer>, deliver: (reply: Buffer) => Promise<void>) => Promise<void>;

export interface ChainGateOptions {
  readonly port: number;
  readonly carry: Carry;
  /** Called when the node has answered an extrinsic, to build a block on demand. */
  onSubmitted(): void;
}

const SUBMITS = /^(?:author_submit|transaction(?:Watch)?_v1_(?:broadcast|submit))/;

/**
 * A proxy in front of a node's WebSocket that holds back extrinsics until they may be sent. Everything else is
 * forwarded unchanged.
 */
export class ChainGate {
  /** `ws://127.0.0.1:PORT`. */
  readonly endpoint: string;
  private readonly server: Server;
  private readonly options: ChainGateOptions;
  private readonly sockets = new Set<Socket>();

  static async open(options: ChainGateOptions): Promise<ChainGate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ChainGate(options, server);
  }

  private constructor(options: ChainGateOptions, server: Server) {
    this.options = options;
    this.server = server;
    this.endpoint = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (near: Socket) => this.join(near));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(this.options.port, '127.0.0.1');
    const sent = new FrameSplitter();
    const received = new FrameSplitter();
    const waiting = new Map<unknown, (reply: Buffer) => void>();
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        // Extrinsics that the node received are kept; replies to the operator are lost with its connection.
        if (socket === far) near.destroy();
        else far.end();
      });
    }
    const carry = ({ bytes }: Frame, id: unknown, method: string) =>
      this.options.carry(
        `extrinsic ${method}`,
        async () => {
          const reply = new Promise<Buffer>((resolve) => waiting.set(id, resolve));
          far.write(bytes);
          const answer = await reply;
          this.options.onSubmitted();
          return answer;
        },
        async (reply) => {
          near.write(reply);
        },
      );
    near.on('data', (bytes) => {
      for (const frame of sent.push(bytes)) {
        const call = requestOf(frame);
        if (call === undefined) far.write(frame.bytes);
        else void carry(frame, call.id, call.method);
      }
    });
    received.push(Buffer.alloc(0));
    far.on('data', (bytes) => {
      for (const frame of received.push(bytes)) {
        const id = replyIdOf(frame);
        const settle = id === undefined ? undefined : waiting.get(id);
        if (settle === undefined) near.write(frame.bytes);
        else {
          waiting.delete(id);
          settle(frame.bytes);
        }
      }
    });
  }
}

/** Id and method of a request that submits an extrinsic. */
function requestOf({ text }: Frame): { readonly id: unknown; readonly method: string } | undefined {
  if (text === undefined || !text.includes('_submit') === !text.includes('_broadcast')) return undefined;
  const { id, method } = JSON.parse(text) as { id?: unknown; method?: string };
  return method !== undefined && SUBMITS.test(method) ? { id, method } : undefined;
}

function replyIdOf({ text }: Frame): unknown {
  if (text === undefined) return undefined;
  return (JSON.parse(text) as { id?: unknown }).id ?? undefined;
}
