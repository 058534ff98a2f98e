import type { Standing } from '../../award/source.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { Connection } from '../../substrate/connection.ts';
import { type PalletNames, palletsAt } from './pallets.ts';
import { demandState } from './provider-reader.ts';

/**
 * The standing of a tenure of the account's provider at a finalised block.
 *
 * @throws RetryableError ChainUnreachable or ChainUndecodable.
 */
export function readStanding(
  node: Connection,
  block: BlockRef,
  account: string,
  { subscription: id, tenure }: { readonly subscription: bigint; readonly tenure: number },
  names: PalletNames,
): Promise<Standing> {
  return node.read(block, async (at) => {
    const { provider, subscription } = palletsAt(at, names);
    await demandState(at, block);
    const [found, next, of] = await Promise.all([
      subscription.subscriptions(id),
      subscription.nextId(),
      provider.providerOf(account),
    ]);
    if (found.isNone) {
      // The chain removes an entry once all of its tenures were released. An entry that never existed proves nothing.
      return id < next.toBigInt() ? 'Gone' : 'Unknown';
    }
    // Tenures are stored by provider: without a provider there is none to look up.
    const { tenure: current, status } = found.unwrap();
    if (of.isNone || current.toNumber() < tenure) return 'Unknown';
    const entry = await subscription.tenures(of.unwrap(), id, tenure);
    if (entry.isNone) {
      // Another provider has it, which does not prove that ours has ended.
      const isElsewhere = status.isRunning && current.eq(tenure) && !status.asRunning.provider.eq(of.unwrap());
      return isElsewhere ? 'Unknown' : 'Gone';
    }
    const state: string = entry.unwrap().state.type;
    return state === 'Ended' ? 'Ended' : 'Live';
  });
}

/**
 * The bytes of a preimage; undefined if the chain has none with that hash and length.
 *
 * @throws RetryableError ChainUnreachable or ChainUndecodable.
 */
export function readPreimageAt(
  node: Connection,
  block: BlockRef,
  hash: string,
  length: number,
): Promise<Uint8Array | undefined> {
  return node.read(block, async (at) => {
    const found = await at.query.preimage?.preimageFor([hash, length]);
    // A copy: the codec is a view of the whole reply.
    return found?.isSome ? Uint8Array.from(found.unwrap()) : undefined;
  });
}
