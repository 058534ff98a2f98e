import type { ApiDecoration } from '@polkadot/api/types';
import type { Finances } from '../../award/source.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { Connection } from '../../substrate/connection.ts';
import { coveredBlocks, freeForFees, owedFor } from './accrual.ts';
import { type PalletNames, type PalletsAt, palletsAt } from './pallets.ts';
import { demandState } from './provider-reader.ts';

/** Tenures of one page. Other work of the process runs between two pages. */
const PAGE = 256;

/**
 * The balances of the provider that an account owns or operates, at one block.
 *
 * @throws RetryableError as `readProvider` does.
 */
export function readFinances(
  node: Connection,
  block: BlockRef,
  account: string,
  names: PalletNames,
): Promise<Finances> {
  return node.read(block, async (at) => {
    const pallets = palletsAt(at, names);
    await demandState(at, block);
    const [free, found] = await Promise.all([readFree(at, account), pallets.provider.providerOf(account)]);
    const money = { point: block, decimals: node.decimals, free };
    if (found.isNone) return { ...money, owed: 0n, withdrawable: 0n };
    const id = found.unwrap().toNumber();
    const { owner } = (await pallets.provider.providers(id)).unwrap();
    const [withdrawable, owed] = await Promise.all([
      pallets.subscription.earnings(owner),
      readOwed(pallets, id, block.number),
    ]);
    return { ...money, owed, withdrawable: withdrawable.toBigInt() };
  });
}

async function readFree(at: ApiDecoration<'promise'>, account: string): Promise<bigint> {
  const { data } = await at.query.system.account(account);
  return freeForFees(data.free.toBigInt(), data.frozen.toBigInt(), data.reserved.toBigInt());
}

async function readOwed({ provider, subscription }: PalletsAt, id: number, block: number): Promise<bigint> {
  const heartbeat = await provider.heartbeats(id);
  if (heartbeat.isNone) return 0n;
  const { at, until, counted } = heartbeat.unwrap();
  const count = { at: at.toNumber(), until: until.toNumber(), counted: counted.toNumber() };
  const covered = coveredBlocks(count, block);
  let owed = 0n;
  let startKey: string | undefined;
  for (;;) {
    const page = await subscription.tenures.entriesPaged({
      args: [id],
      pageSize: PAGE,
      ...(startKey !== undefined && { startKey }),
    });
    for (const [, entry] of page) {
      const { state, price, mark } = entry.unwrap();
      owed += owedFor({ isActive: state.isActive, price: price.toBigInt(), mark: mark.toNumber() }, covered);
    }
    const last = page.at(-1)?.[0].toHex();
    if (page.length < PAGE || last === undefined || last === startKey) return owed;
    startKey = last;
  }
}
