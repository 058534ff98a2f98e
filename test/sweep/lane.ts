import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { DevChain } from '../../dev/chain.ts';
import { Consumer, wishFor } from '../support/consumer.ts';
import { ChainGate } from './chain-gate.ts';

/** Only advances the clock of the chain: every submission gets a block immediately. */
const IDLE_BLOCK_MS = 5_000;
/** One token is 10^12. */
const RICH = '1000000000000000000';
const TYPES = ['helm', 'vm'];

/**
 * A chain that is used by one case after the other. It builds a block for each extrinsic, so that a deadline in blocks
 * is not a race.
 */
export class Lane {
  readonly folder: string;
  readonly consumer: Consumer;
  private readonly chain: DevChain;
  private readonly gate: ChainGate;

  private constructor(folder: string, chain: DevChain, gate: ChainGate, consumer: Consumer) {
    this.folder = folder;
    this.chain = chain;
    this.gate = gate;
    this.consumer = consumer;
  }

  /**
   * @param firstSubscription separates lanes that share a cluster, because all development chains have the same
   * genesis.
   */
  static async open(firstSubscription: number): Promise<Lane> {
    const folder = mkdtempSync(join(tmpdir(), 'dinfra-sweep-'));
    const chain = await DevChain.start(join(folder, 'chain'));
    await chain.call('dev_setStorage', [{ subscription: { nextId: firstSubscription } }]);
    chain.tick(IDLE_BLOCK_MS);
    const gate = await Lane.gateTo(chain, async (_, forward, deliver) => deliver(await forward()));
    const owner = await Consumer.open(gate.endpoint, '//Alice');
    for (const type of TYPES) {
      const schema = readFileSync(new URL(`../../config/descriptor-types/${type}-v1.schema.json`, import.meta.url));
      const { content, preimage } = wishFor(`${type}/v1`, schema.toString('utf8'));
      const { tx } = owner.api;
      const { hash, length, source } = content;
      await owner.send(
        tx.preimage.notePreimage(`0x${Buffer.from(preimage ?? []).toString('hex')}`),
        tx.provider.registerType(`${type}/v1`, { hash_: hash, len: length, source }),
      );
    }
    await owner.close();
    return new Lane(folder, chain, gate, await Consumer.open(gate.endpoint, '//Charlie'));
  }

  /** A gate for one operator. */
  openGate(carry: Parameters<typeof ChainGate.open>[0]['carry']): Promise<ChainGate> {
    return Lane.gateTo(this.chain, carry);
  }

  private static gateTo(chain: DevChain, carry: Parameters<typeof ChainGate.open>[0]['carry']): Promise<ChainGate> {
    const build = () => void chain.build(1).catch(() => undefined);
    return ChainGate.open({ port: Number(new URL(chain.endpoint).port), carry, onSubmitted: build });
  }

  /** Gives an account more funds than it can spend. */
  async enrich(suri: string): Promise<string> {
    const { address } = new Keyring({ type: 'sr25519' }).addFromUri(suri);
    const account = { providers: 1, data: { free: RICH } };
    await this.chain.call('dev_setStorage', [{ system: { account: [[[address], account]] } }]);
    return address;
  }

  /** Builds blocks quickly while a condition holds. */
  async hurry(ms: number, work: () => Promise<void>): Promise<void> {
    this.chain.tick(ms);
    try {
      await work();
    } finally {
      this.chain.tick(IDLE_BLOCK_MS);
    }
  }

  async close(): Promise<void> {
    await this.consumer.close();
    await this.gate.close();
    await this.chain.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
