import type { ApiDecoration } from '@polkadot/api/types';
import type { Finances } from '../../award/source.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { Connection } from '../../substrate/connection.ts';
import { type PalletNames, type PalletsAt, palletsAt } from './pallets.ts';
import { demandState } from './provider-reader.ts';

/** Tenures of one page. Between two pages other work of the process gets its turn. */
const PAGE = 256;

/**
 * The money of the provider that an account owns or operates, at one block.
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

/** What fees can be paid from: what is frozen stays, as far as it is not on hold. */
async function readFree(at: ApiDecoration<'promise'>, account: string): Promise<bigint> {
  const { data } = await at.query.system.account(account);
  const [free, frozen, reserved] = [data.free.toBigInt(), data.frozen.toBigInt(), data.reserved.toBigInt()];
  const kept = frozen > reserved ? frozen - reserved : 0n;
  return free > kept ? free - kept : 0n;
}

/** What Active tenures have earned since they were last settled: chain/pallets/subscription/src/payment.rs, `accrued`. */
async function readOwed({ provider, subscription }: PalletsAt, id: number, block: number): Promise<bigint> {
  const heartbeat = await provider.heartbeats(id);
  if (heartbeat.isNone) return 0n;
  const { at, until, counted } = heartbeat.unwrap();
  const covered = counted.toNumber() + Math.max(0, Math.min(block, until.toNumber()) - at.toNumber());
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
      if (state.isActive) owed += price.toBigInt() * BigInt(Math.max(0, covered - mark.toNumber()));
    }
    const last = page.at(-1)?.[0].toHex();
    if (page.length < PAGE || last === undefined || last === startKey) return owed;
    startKey = last;
  }
}
