import { setTimeout as sleep } from 'node:timers/promises';
import { isAddress } from '@polkadot/util-crypto';
import {
  type ConsumerSubscription,
  readSubscription,
  readSubscriptionsOf,
  type Strategy,
} from '../../sources/dinfra/consumer-reader.ts';
import { type Account, loadAccount } from '../account/account.ts';
import { formatAmount, parseAmount } from '../command/amount.ts';
import type { Common, SubscribeFlags } from '../command/flags.ts';
import { type Output, outputTo } from '../command/output.ts';
import { listText, statusText } from '../command/show.ts';
import type { Terminal } from '../command/terminal.ts';
import { UserError } from '../command/user-error.ts';
import { readTypes, registerType, typesText } from '../types/descriptor-types.ts';
import { Market } from './market.ts';
import { subscribe } from './subscribe.ts';

/** `dinfra subscribe`. Throws UserError, InvalidArgumentError or one of src/errors, as all of these do. */
export function runSubscribe(
  terminal: Terminal,
  common: Common,
  descriptor: string,
  flags: SubscribeFlags,
): Promise<void> {
  return onMarket(terminal, common, async (market, output, account) => {
    const { unit } = market;
    const strategy: Strategy = flags.provider === undefined ? flags.strategy : { Named: flags.provider };
    const id = await subscribe(
      market,
      await account(),
      {
        type: flags.type,
        descriptor,
        funds: parseAmount(flags.funds, unit),
        grace: flags.grace,
        strategy,
        maxPrice: flags.maxPrice === undefined ? undefined : parseAmount(flags.maxPrice, unit),
        accessKey: flags.accessKey,
      },
      output,
    );
    const subscription = flags.wait ? await waitActive(market, id, output) : await mustRead(market, id);
    output.answer(subscription, `Subscription ${id} is ${subscription.state}. See: dinfra status ${id}`);
  });
}

export function runList(terminal: Terminal, common: Common, consumer: string | undefined): Promise<void> {
  return onMarket(terminal, common, async (market, output, account) => {
    if (consumer !== undefined && !isAddress(consumer)) {
      throw new UserError(`--consumer ${consumer} is not an address`, 'Give the SS58 address of an account.');
    }
    const subscriptions = await readSubscriptionsOf(
      market.api,
      consumer ?? (await account()).pair.address,
      market.names,
    );
    output.answer(subscriptions, listText(subscriptions, market.unit));
  });
}

export function runStatus(terminal: Terminal, common: Common, id: bigint): Promise<void> {
  return onMarket(terminal, common, async (market, output) => {
    const subscription = await mustRead(market, id);
    output.answer(subscription, statusText(subscription, market.unit));
  });
}

export function runTopUp(terminal: Terminal, common: Common, id: bigint, amount: string): Promise<void> {
  return onMarket(terminal, common, async (market, output, account) => {
    const added = parseAmount(amount, market.unit);
    const block = await market.send(await account(), market.calls.subscription.topUp(id, added));
    output.answer(
      { id, added, block },
      `Added ${formatAmount(added, market.unit)} to subscription ${id} in block ${block}.`,
    );
  });
}

export function runCancel(terminal: Terminal, common: Common, id: bigint): Promise<void> {
  return onMarket(terminal, common, async (market, output, account) => {
    const block = await market.send(await account(), market.calls.subscription.cancel(id));
    output.answer({ id, block }, `Subscription ${id} was cancelled in block ${block}.`);
  });
}

export function runTypeList(terminal: Terminal, common: Common): Promise<void> {
  return onMarket(terminal, common, async (market, output) => {
    const types = await readTypes(market);
    output.answer(types, typesText(types));
  });
}

export function runTypeRegister(terminal: Terminal, common: Common, name: string, schema: string): Promise<void> {
  return onMarket(terminal, common, async (market, output, account) => {
    const block = await registerType(market, await account(), name, schema);
    output.answer({ name, block }, `Descriptor type ${name} was registered in block ${block}.`);
  });
}

/** Connects for the duration of one command. Only commands that need an account ask for it. */
async function onMarket(
  terminal: Terminal,
  common: Common,
  command: (market: Market, output: Output, account: () => Promise<Account>) => Promise<void>,
): Promise<void> {
  const names = { provider: common.providerPallet, subscription: common.subscriptionPallet };
  await using market = await Market.open(common.url, names);
  await command(market, outputTo(terminal, common.json), () => loadAccount(common, terminal.environment));
}

async function mustRead({ api }: Market, id: bigint): Promise<ConsumerSubscription> {
  const found = await readSubscription(api, id);
  if (found !== undefined) return found;
  throw new UserError(
    `the chain has no subscription ${id}`,
    'It may be over: an entry is removed when everything made for it is gone. See dinfra list.',
  );
}

async function waitActive(market: Market, id: bigint, output: Output): Promise<ConsumerSubscription> {
  let shown = '';
  for (;;) {
    const subscription = await mustRead(market, id);
    const { state, provider } = subscription;
    const now = provider === undefined ? state : `${state}, provider ${provider}`;
    if (now !== shown) output.progress(`Subscription ${id}: ${now}`);
    shown = now;
    if (state === 'Active') return subscription;
    if (state === 'Ended') {
      throw new UserError(`subscription ${id} ended before it became Active`, `See dinfra status ${id}.`);
    }
    await sleep(1_000);
  }
}
