import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DevChain } from '../../dev/chain.ts';
import { type Connection, connect } from '../../src/substrate/connection.ts';
import { ChainFollower, type FinalisedHead, type FollowerOptions } from '../../src/substrate/follower.ts';
import type { FollowerState } from '../../src/substrate/follower-state.ts';
import { TransactionQueue } from '../../src/substrate/transaction-queue.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** Two nodes of one genesis, which know nothing of each other's blocks and transactions. */
let chain: DevChain;
let other: DevChain;
let folder: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  await cryptoWaitReady();
  folder = mkdtempSync(join(tmpdir(), 'dinfra-connection-'));
  [chain, other] = await Promise.all([DevChain.start(join(folder, 'chain')), DevChain.start(join(folder, 'other'))]);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await Promise.all([chain?.stop(), other?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A follower, and what it has said so far. */
class Listener {
  readonly heads: FinalisedHead[] = [];
  readonly states: FollowerState[] = [];
  private readonly stop = new AbortController();

  constructor(endpoints: readonly string[], options: Partial<FollowerOptions> = {}) {
    const follower = new ChainFollower(
      {
        endpoints,
        genesis: undefined,
        cursor: undefined,
        stallMs: 2_000,
        pollMs: 500,
        backoff: { firstMs: 50, maxMs: 200 },
        ...options,
      },
      { onHead: (head) => this.heads.push(head), onState: (state) => this.states.push(state) },
    );
    const running = follower.run(this.stop.signal);
    closing.push(() => {
      this.stop.abort();
      return running;
    });
  }

  get numbers(): number[] {
    return this.heads.map(({ block }) => block.number);
  }

  /** The codes of what kept it from following, each once. */
  get problems(): string[] {
    return [...new Set(this.states.flatMap((state) => (state.kind === 'Disconnected' ? [state.error.code] : [])))];
  }

  async reaches(number: number): Promise<void> {
    await vi.waitFor(() => expect(this.numbers.at(-1)).toBe(number), { timeout: 20_000 });
  }

  async complains(code: string): Promise<void> {
    await vi.waitFor(() => expect(this.problems).toContain(code), { timeout: 20_000 });
  }
}

async function proxyTo(node: DevChain): Promise<{ proxy: TcpProxy; endpoint: string }> {
  const proxy = await TcpProxy.to(Number(new URL(node.endpoint).port));
  closing.push(() => proxy.close());
  return { proxy, endpoint: `ws://127.0.0.1:${proxy.port}` };
}

async function heightOf(node: DevChain): Promise<number> {
  const header = (await node.call('chain_getHeader', [])) as { readonly number: string };
  return Number(header.number);
}

describe('following the finalised chain', () => {
  it('tells each block once, in order, and that nothing lies between', async () => {
    const listener = new Listener([chain.endpoint]);
    const start = await heightOf(chain);
    await listener.reaches(start);
    for (const next of [1, 2, 3]) {
      await chain.build(1);
      await listener.reaches(start + next);
    }
    expect(listener.numbers).toEqual([start, start + 1, start + 2, start + 3]);
    expect(listener.heads.map(({ contiguous }) => contiguous)).toEqual([false, true, true, true]);
  });

  it('goes on after a cut, and says that blocks may have been missed', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const listener = new Listener([endpoint]);
    const start = await heightOf(chain);
    await listener.reaches(start);
    await proxy.down();
    await chain.build(2);
    await proxy.up();
    await listener.reaches(start + 2);
    expect(listener.heads.find(({ block }) => block.number > start)?.contiguous).toBe(false);
    expect(listener.problems).toEqual(['ChainUnreachable']);
  });

  it('says the same when the cut meets a request that is under way', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    let cuts = 0;
    proxy.leadTo(Number(new URL(chain.endpoint).port), (sent) => {
      // Past the greeting, an answer is what a request waits for.
      if (cuts === 20 || !sent.includes('"result"')) return sent;
      cuts += 1;
      proxy.cut();
      return Buffer.alloc(0);
    });
    const listener = new Listener([endpoint]);
    await listener.reaches(await heightOf(chain));
    expect(cuts).toBe(20);
    expect(listener.problems).toEqual(['ChainUnreachable']);
  });

  it('drops a connection that went dark, and goes to the next endpoint', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const listener = new Listener([endpoint, chain.endpoint]);
    const start = await heightOf(chain);
    await listener.reaches(start);
    proxy.freeze();
    await chain.build(1);
    await listener.reaches(start + 1);
    expect(listener.states.at(-1)).toMatchObject({ kind: 'Following', endpoint: chain.endpoint });
  });

  it('passes over what is not a node', async () => {
    const server = createServer((_, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const wrong = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const listener = new Listener([wrong, chain.endpoint]);
    await listener.reaches(await heightOf(chain));
    expect(listener.states[0]).toMatchObject({ kind: 'Disconnected', endpoint: wrong });
    expect(listener.problems).toEqual(['ChainUnreachable']);
  });

  it('tells nothing of a chain of another genesis', async () => {
    const listener = new Listener([chain.endpoint], { genesis: `0x${'11'.repeat(32)}` });
    await listener.complains('ChainGenesisMismatch');
    expect(listener.heads).toEqual([]);
  });

  it('tells nothing of a chain that lacks the block we acted on', async () => {
    const cursor = { number: 0, hash: `0x${'22'.repeat(32)}` };
    const listener = new Listener([chain.endpoint], { cursor });
    await listener.complains('ChainDiverged');
    expect(listener.heads).toEqual([]);
  });

  it('waits for a node that lags, and never goes back', async () => {
    const start = await heightOf(chain);
    await chain.build(3);
    const hash = (await chain.call('chain_getBlockHash', [start + 3])) as string;
    const lagging = await proxyTo(other);
    const listener = new Listener([lagging.endpoint], { cursor: { number: start + 3, hash } });
    await listener.complains('ChainStalled');
    expect(listener.heads).toEqual([]);
  });
});

describe('sending transactions', () => {
  const alice = () => new Keyring({ type: 'sr25519' }).addFromUri('//Alice');
  const { signal } = new AbortController();

  async function connection(endpoint: string): Promise<Connection> {
    const made = await connect(endpoint, signal);
    closing.push(() => made.close());
    return made;
  }

  const remark = (text: string) => ({
    key: text,
    build: (api: Connection['api']) => api.tx.system.remarkWithEvent(text),
  });

  /** Waits until a node holds that many transactions that are in no block. */
  const pending = (node: DevChain, count: number) =>
    vi.waitFor(async () => expect(await node.call('author_pendingExtrinsics', [])).toHaveLength(count), {
      timeout: 10_000,
    });

  it('has many under way, each with its own nonce', async () => {
    const { api } = await connection(chain.endpoint);
    const queue = new TransactionQueue(alice(), () => api);
    const texts = ['one', 'two', 'three', 'four', 'five'];
    const sent = Promise.all(texts.map((text) => queue.send([remark(text)], signal)));
    await pending(chain, texts.length);
    await chain.build(1);
    const results = await sent;
    expect(results.map(({ outcomes }) => [...outcomes])).toEqual(texts.map((text) => [[text, { kind: 'Applied' }]]));
  });

  it('lets the others of a batch through when one is refused, and names why', async () => {
    const { api } = await connection(chain.endpoint);
    const queue = new TransactionQueue(alice(), () => api);
    const refused = { key: 'refused', build: (on: Connection['api']) => on.tx.provider.heartbeat() };
    const sent = queue.send([remark('before'), refused, remark('after')], signal);
    await pending(chain, 1);
    await chain.build(1);
    const { outcomes } = await sent;
    expect([...outcomes]).toEqual([
      ['before', { kind: 'Applied' }],
      ['refused', { kind: 'Failed', error: 'provider.NotProvider' }],
      ['after', { kind: 'Applied' }],
    ]);
  });

  it('lets the others of a batch through when one cannot be written, and names why', async () => {
    const { api } = await connection(chain.endpoint);
    const queue = new TransactionQueue(alice(), () => api);
    const tooMuch = { key: 'offer', build: (on: Connection['api']) => on.tx.provider.setOffer('a', 10n ** 39n, 1, 63) };
    const noAccount = {
      key: 'rule',
      build: (on: Connection['api']) => on.tx.provider.setConsumerRules([['5Fx', null]]),
    };
    const why = { kind: 'Failed', error: expect.stringMatching(/^it cannot be written: ./) };
    expect([...(await queue.send([tooMuch, noAccount], signal)).outcomes]).toEqual([
      ['offer', why],
      ['rule', why],
    ]);
    const sent = queue.send([tooMuch, remark('good'), noAccount], signal);
    await pending(chain, 1);
    await chain.build(1);
    expect((await sent).outcomes).toEqual(
      new Map<string, unknown>([
        ['offer', why],
        ['good', { kind: 'Applied' }],
        ['rule', why],
      ]),
    );
  });

  it('says at once that a transaction is lost when the connection breaks', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const { api } = await connection(endpoint);
    const queue = new TransactionQueue(alice(), () => api);
    const sent = queue.send([remark('cut')], signal);
    await pending(chain, 1);
    proxy.cut();
    await expect(sent).rejects.toMatchObject({ code: 'TransactionLost' });
    await chain.build(1);
  });

  it('goes on at another node that never heard of the lost ones', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const first = await connection(endpoint);
    let { api } = first;
    const queue = new TransactionQueue(alice(), () => api);
    const lost = Promise.allSettled([queue.send([remark('a')], signal), queue.send([remark('b')], signal)]);
    await pending(chain, 2);
    proxy.cut();
    expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    ({ api } = await connection(other.endpoint));
    const sent = queue.send([remark('c')], signal);
    await pending(other, 1);
    await other.build(1);
    const { outcomes } = await sent;
    expect(outcomes.get('c')).toEqual({ kind: 'Applied' });
    await chain.build(1);
  });
});
