import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FrameSplitter, textFrame } from './websocket-frames.ts';

/** A message of a node: the reply to a request, or a notification of a subscription. */
export interface Saying {
  /** `state_call`, `chain_getFinalizedHead`, …, or that of the notification: `chain_finalizedHead`. */
  readonly method: string;
  /** Parameters of the request; empty for a notification. */
  readonly params: readonly unknown[];
  readonly result: unknown;
}

/** Replaces a message; undefined drops it. */
export type Lie = (saying: Saying) => { readonly result: unknown } | undefined;

const truth: Lie = ({ result }) => ({ result });

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** A proxy for a real node that falsifies messages. Everything is forwarded unchanged until a lie is set. */
export class LyingNode {
  /** `ws://127.0.0.1:PORT`. */
  readonly endpoint: string;
  private readonly server: Server;
  private readonly port: number;
  private readonly sockets = new Set<Socket>();
  private lie: Lie = truth;
  private count = 0;

  /** @param endpoint of the honest node. */
  static async before(endpoint: string): Promise<LyingNode> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LyingNode(server, Number(new URL(endpoint).port));
  }

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
    this.endpoint = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (near: Socket) => this.join(near));
  }

  /** How many messages were falsified or dropped since the last lie was set. */
  get lies(): number {
    return this.count;
  }

  lieWith(lie: Lie): void {
    this.count = 0;
    this.lie = (saying) => {
      const lied = lie(saying);
      if (lied?.result !== saying.result) this.count += 1;
      return lied;
    };
  }

  tellTheTruth(): void {
    this.lie = truth;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(this.port, '127.0.0.1');
    const asked = new Map<number, Message>();
    const sent = new FrameSplitter();
    const received = new FrameSplitter();
    const part = () => {
      for (const socket of [near, far]) {
        this.sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', part).on('close', part);
    }
    near.on('data', (bytes) => {
      for (const { text } of sent.push(bytes)) {
        const request = text === undefined ? {} : (JSON.parse(text) as Message);
        if (request.id !== undefined) asked.set(request.id, request);
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      for (const frame of received.push(bytes)) {
        const said = frame.text === undefined ? frame.bytes : this.said(frame.text, asked);
        if (said !== undefined) near.write(said);
      }
    });
  }

  private said(text: string, asked: Map<number, Message>): Buffer | undefined {
    const message = JSON.parse(text) as Message;
    if (message.id === undefined) {
      const notice = message.params as { readonly subscription: unknown; readonly result: unknown };
      const lie = this.lie({ method: message.method ?? '', params: [], result: notice.result });
      return lie === undefined
        ? undefined
        : textFrame(JSON.stringify({ ...message, params: { ...notice, result: lie.result } }));
    }
    const request = asked.get(message.id);
    asked.delete(message.id);
    if (request === undefined || !('result' in message)) return textFrame(text);
    const params = (request.params ?? []) as readonly unknown[];
    const lie = this.lie({ method: request.method ?? '', params, result: message.result });
    return lie === undefined ? undefined : textFrame(JSON.stringify({ ...message, result: lie.result }));
  }
}
