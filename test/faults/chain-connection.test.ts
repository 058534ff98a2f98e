import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DevChain } from '../../dev/chain.ts';
import { openFence } from '../../src/base/fence.ts';
import { AccountSender, type SentResult } from '../../src/substrate/account-sender.ts';
import type { BlockRef } from '../../src/substrate/block-ref.ts';
import type { ChainClientOptions } from '../../src/substrate/chain-client.ts';
import type { ChainLease } from '../../src/substrate/chain-lease.ts';
import type { ChainState, FinalisedHead } from '../../src/substrate/chain-node.ts';
import type { Connection } from '../../src/substrate/connection.ts';
import { Extrinsics, type Outgoing } from '../../src/substrate/extrinsics.ts';
import { clientOf, RunningSource } from '../support/source-world.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** Two nodes of one genesis that are not connected to each other. */
let chain: DevChain;
let other: DevChain;
let folder: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  await cryptoWaitReady();
  folder = mkdtempSync(join(tmpdir(), 'dinfra-connection-'));
  [chain, other] = await Promise.all([DevChain.start(join(folder, 'chain')), DevChain.start(join(folder, 'other'))]);
  // At block 0 a runtime does not know its own genesis hash yet, so no signature is valid there.
  await chain.build(1);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await Promise.all([chain?.stop(), other?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** An observer of a chain, with everything it received so far. */
class Listener {
  readonly heads: FinalisedHead<Connection>[] = [];
  readonly states: ChainState[] = [];
  readonly lease: ChainLease<Connection>;

  constructor(endpoints: readonly string[], options: Partial<ChainClientOptions> = {}, cursor?: BlockRef) {
    this.lease = clientOf(endpoints, { stallMs: 2_000, pollMs: 500, ...options }).open(
      { onHead: (head) => this.heads.push(head), onState: (state) => this.states.push(state) },
      cursor,
    );
    closing.push(() => this.lease.close());
  }

  get numbers(): number[] {
    return this.heads.map(({ block }) => block.number);
  }

  /** The codes of the problems, without duplicates. */
  get problems(): string[] {
    return [...new Set(this.states.flatMap((state) => ('error' in state ? [state.error.code] : [])))];
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
  it('each finalised block is passed on once, in order and as contiguous', async () => {
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

  it('after a connection is cut, following resumes and the next head is passed on as not contiguous', async () => {
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

  it('a connection cut during a request resumes in the same way', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    let cuts = 0;
    proxy.leadTo(Number(new URL(chain.endpoint).port), (sent) => {
      // After the handshake, data from the node is the response to a request.
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

  it('a connection that goes dark is dropped for the next endpoint', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const listener = new Listener([endpoint, chain.endpoint]);
    const start = await heightOf(chain);
    await listener.reaches(start);
    proxy.freeze();
    await chain.build(1);
    await listener.reaches(start + 1);
    expect(listener.states.at(-1)).toMatchObject({ kind: 'Following', endpoint: chain.endpoint });
  });

  it('an endpoint that is not a node is skipped', async () => {
    const server = createServer((_, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const wrong = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const listener = new Listener([wrong, chain.endpoint]);
    await listener.reaches(await heightOf(chain));
    expect(listener.states[0]).toMatchObject({ kind: 'Disconnected', endpoint: wrong });
    expect(listener.problems).toEqual(['ChainUnreachable']);
  });

  it('no head of a chain of another genesis is passed on', async () => {
    const listener = new Listener([chain.endpoint], { genesis: `0x${'11'.repeat(32)}` });
    await listener.complains('ChainGenesisMismatch');
    expect(listener.heads).toEqual([]);
  });

  it('no head of a chain that lacks the last applied block is passed on', async () => {
    const cursor = { number: 0, hash: `0x${'22'.repeat(32)}` };
    const listener = new Listener([chain.endpoint], {}, cursor);
    await listener.complains('ChainDiverged');
    expect(listener.heads).toEqual([]);
  });

  it('a lagging node is waited for, and heads never go backwards', async () => {
    const start = await heightOf(chain);
    await chain.build(3);
    const hash = (await chain.call('chain_getBlockHash', [start + 3])) as string;
    const lagging = await proxyTo(other);
    const listener = new Listener([lagging.endpoint], {}, { number: start + 3, hash });
    await listener.complains('ChainBehind');
    expect(listener.heads).toEqual([]);
  });
});

describe('sending transactions', () => {
  const alice = () => new Keyring({ type: 'sr25519' }).addFromUri('//Alice');

  interface Remark extends Outgoing {
    readonly key: string;
  }

  const remark = (text: string): Remark => ({ key: text, build: (api) => api.tx.system.remarkWithEvent(text) });

  /** A sender that uses a listener's chain, and its results by key. */
  function senderOf(listener: Listener) {
    const results = new Map<string, SentResult>();
    const sender = new AccountSender<Remark>({
      node: () => new Extrinsics(listener.lease.node, alice()),
      fence: openFence,
      onResult: ({ key }, result) => results.set(key, result),
    });
    const follow = setInterval(() => {
      const block = listener.heads.at(-1)?.block;
      if (block !== undefined) sender.follow(block);
    }, 50);
    closing.push(() => clearInterval(follow));
    return { sender, results };
  }

  const told = (results: ReadonlyMap<string, SentResult>, count: number) =>
    vi.waitFor(() => expect(results.size).toBe(count), { timeout: 20_000 });

  /** Waits until this many transactions are in the pool of a node. */
  const pending = (node: DevChain, count: number) =>
    vi.waitFor(async () => expect(await node.call('author_pendingExtrinsics', [])).toHaveLength(count), {
      timeout: 10_000,
    });

  async function following(endpoints: readonly string[]): Promise<Listener> {
    // A chain whose blocks are built on demand does not stall.
    const listener = new Listener(endpoints, { stallMs: 60_000 });
    await vi.waitFor(() => expect(listener.heads).not.toEqual([]), { timeout: 20_000 });
    return listener;
  }

  it('many transactions are pending at once, each with its own nonce', async () => {
    const { sender, results } = senderOf(await following([chain.endpoint]));
    const texts = ['one', 'two', 'three', 'four', 'five'];
    for (const text of texts) sender.send([remark(text)]);
    await pending(chain, texts.length);
    await chain.build(1);
    await told(results, texts.length);
    expect([...results.values()].map(({ kind }) => kind)).toEqual(texts.map(() => 'Applied'));
  });

  it('a call that is refused or cannot be encoded does not hold back the others of its batch', async () => {
    const { sender, results } = senderOf(await following([chain.endpoint]));
    const block = await heightOf(chain);
    sender.send([
      remark('before'),
      { key: 'refused', build: (api) => api.tx.provider.heartbeat() },
      { key: 'too much', build: (api) => api.tx.provider.setOffer('a', 10n ** 39n, 1, 63) },
      remark('after'),
      { key: 'no account', build: (api) => api.tx.provider.setConsumerRules([['5Fx', null]]) },
    ]);
    await pending(chain, 1);
    await chain.build(1);
    await told(results, 5);
    const unwritable = { kind: 'Refused', error: expect.stringMatching(/^it cannot be written: ./) };
    expect(Object.fromEntries(results)).toMatchObject({
      before: { kind: 'Applied', block: block + 1 },
      refused: { kind: 'Refused', error: 'provider.NotProvider' },
      'too much': unwritable,
      after: { kind: 'Applied' },
      'no account': unwritable,
    });
  });

  it('the result of a transaction is found after a lost connection and further blocks', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const { sender, results } = senderOf(await following([endpoint]));
    sender.send([remark('cut')]);
    await pending(chain, 1);
    const block = await heightOf(chain);
    await proxy.down();
    await chain.build(3);
    await proxy.up();
    await told(results, 1);
    expect(results.get('cut')).toEqual({ kind: 'Applied', block: block + 1 });
  });

  it('a transaction is tracked on a node of its history when the next endpoint lags behind', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const { sender, results } = senderOf(await following([endpoint, other.endpoint]));
    sender.send([remark('a')]);
    await pending(chain, 1);
    // The other node is behind the client's last block.
    proxy.cut();
    await chain.build(2);
    await told(results, 1);
    sender.send([remark('c')]);
    await pending(chain, 1);
    await chain.build(1);
    await told(results, 2);
    expect(results.get('c')).toMatchObject({ kind: 'Applied' });
  });
});

describe('responses of a node', () => {
  it('following an idle chain costs at most one and a half requests per block', async () => {
    const node = await DevChain.start(join(folder, 'quiet'));
    closing.push(() => node.stop());
    const connections: Connection[] = [];
    const source = new RunningSource(new Keyring({ type: 'sr25519' }).addFromUri('//Bob'), {
      chain: clientOf([node.endpoint], { stallMs: 60_000 }, connections),
    });
    closing.push(() => source.stop());
    await vi.waitFor(async () => expect(await source.desired()).toBeDefined(), { timeout: 20_000 });
    // The simulated node tells nothing of the head there is: the first block may come before the subscription.
    await vi.waitFor(
      async () => {
        await node.build(1);
        expect((await source.desired())?.point.number).toBeGreaterThan(0);
      },
      { timeout: 60_000, interval: 1_000 },
    );
    await vi.waitFor(async () => expect((await source.desired())?.point.number).toBe(await heightOf(node)), 20_000);
    const requests = () => connections[0]?.api.stats?.total.requests ?? Number.NaN;
    const [before, start] = [requests(), await heightOf(node)];
    for (let count = 0; count < 15; count++) {
      await node.build(1);
      const height = await heightOf(node);
      await vi.waitFor(async () => expect((await source.desired())?.point.number).toBe(height), {
        timeout: 30_000,
        interval: 20,
      });
    }
    const perBlock = (requests() - before) / ((await heightOf(node)) - start);
    expect(perBlock).toBeGreaterThan(0);
    expect(perBlock).toBeLessThanOrEqual(1.5);
  });

  it('a node whose every response is empty is not taken for an empty chain', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const bob = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
    const source = new RunningSource(bob, { chain: clientOf([endpoint], { stallMs: 60_000 }) });
    closing.push(() => source.stop());
    await vi.waitFor(async () => expect(await source.desired()).toBeDefined(), { timeout: 20_000 });
    const genesis = (await source.desired())?.genesis ?? '';
    proxy.rewriteFromNow((sent) => {
      const text = sent.toString('latin1');
      const empty = text.replaceAll(/"result":"0x[0-9a-f]*"/g, (all) => '"result":null'.padEnd(all.length));
      return Buffer.from(empty, 'latin1');
    });
    source.source.invalidate();
    await expect(source.desired()).rejects.toMatchObject({
      code: expect.stringMatching(/^Chain(Unreachable|Undecodable)$/),
    });
    expect(await source.source.standing({ genesis, subscription: 0n, tenure: 1 }, source.signal)).toBe('Unknown');
  });

  it('a connection cut during a read is unreachable and never undecodable', async () => {
    const { proxy, endpoint } = await proxyTo(chain);
    const bob = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
    const source = new RunningSource(bob, { chain: clientOf([endpoint], { stallMs: 60_000 }) });
    closing.push(() => source.stop());
    await vi.waitFor(async () => expect(await source.desired()).toBeDefined(), { timeout: 20_000 });
    source.source.invalidate();
    proxy.freeze();
    const reading = expect(source.desired()).rejects.toMatchObject({ code: 'ChainUnreachable' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    proxy.cut();
    await reading;
    proxy.thaw();
  });
});
