#!/usr/bin/env node
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ConsumerSubscription, Strategy } from '../chain/consumer-reader.ts';
import { readSubscription, readSubscriptionsOf } from '../chain/consumer-reader.ts';
import { takeConsole } from '../chain/library-console.ts';
import { findDinfraError } from '../errors/dinfra-error.ts';
import { type Account, loadAccount } from './account.ts';
import { formatAmount, parseAmount } from './amount.ts';
import { readTypes, registerType, typesText } from './descriptor-types.ts';
import { Market } from './market.ts';
import { type Output, processOutput } from './output.ts';
import { listText, statusText } from './show.ts';
import { subscribe } from './subscribe.ts';
import { UserError } from './user-error.ts';

interface Common {
  readonly url: string;
  readonly account?: string;
  readonly keystore?: string;
  readonly json: boolean;
}

const STRATEGIES = ['RoundRobin', 'Random', 'MostFree', 'LowestPrice', 'MostReputable'] as const;

const program = new Command('dinfra')
  .description('Subscribe to infrastructure on a Substrate market, and see what became of it.')
  .addOption(
    new Option('--url <url>', 'WebSocket endpoint of a node of the chain')
      .env('DINFRA_URL')
      .default('ws://127.0.0.1:9944'),
  )
  .option('--account <name>', 'development account such as //Alice')
  .option('--keystore <file>', 'keystore file; its password comes from DINFRA_PASSWORD or is asked for')
  .option('--json', 'answer in JSON', false);

program
  .command('subscribe')
  .description('subscribe to what a descriptor describes, and pay for it in advance')
  .argument('<descriptor>', 'file with the descriptor')
  .requiredOption('--type <name>', 'descriptor type, for instance helm/v1')
  .requiredOption('--funds <amount>', 'what is paid in advance; the rest comes back at the end')
  .option('--grace <blocks>', 'blocks for which everything is kept once the funds are used up', wholeNumber, 100)
  .option('--provider <id>', 'this provider and no other', wholeNumber)
  .addOption(new Option('--strategy <name>', 'how the provider is chosen').choices(STRATEGIES).default('RoundRobin'))
  .option('--max-price <amount>', 'highest price of one block')
  .option('--access-key <hex>', 'ed25519 public key that secrets are sealed to (default: of the account’s secret)')
  .option('--wait', 'wait until it is Active', false)
  .action((descriptor: string, options: SubscribeFlags) =>
    run(async (market, output, account) => {
      const { unit } = market;
      const strategy: Strategy = options.provider === undefined ? options.strategy : { Named: options.provider };
      const id = await subscribe(
        market,
        await account(),
        {
          type: options.type,
          descriptor,
          funds: parseAmount(options.funds, unit),
          grace: options.grace,
          strategy,
          maxPrice: options.maxPrice === undefined ? undefined : parseAmount(options.maxPrice, unit),
          accessKey: options.accessKey,
        },
        output,
      );
      const subscription = options.wait ? await waitActive(market, id, output) : await mustRead(market, id);
      output.answer(subscription, `Subscription ${id} is ${subscription.state}. See: dinfra status ${id}`);
    }),
  );

program
  .command('list')
  .description('list the subscriptions of an account')
  .option('--consumer <address>', 'whose (default: of the account)')
  .action(({ consumer }: { consumer?: string }) =>
    run(async (market, output, account) => {
      const subscriptions = await readSubscriptionsOf(market.api, consumer ?? (await account()).pair.address);
      output.answer(subscriptions, listText(subscriptions, market.unit));
    }),
  );

program
  .command('status')
  .description('show one subscription')
  .argument('<id>', 'number of the subscription', bigNumber)
  .action((id: bigint) =>
    run(async (market, output) => {
      const subscription = await mustRead(market, id);
      output.answer(subscription, statusText(subscription, market.unit));
    }),
  );

program
  .command('top-up')
  .description('add funds to a subscription, anybody’s')
  .argument('<id>', 'number of the subscription', bigNumber)
  .argument('<amount>', 'what is added')
  .action((id: bigint, amount: string) =>
    run(async (market, output, account) => {
      const added = parseAmount(amount, market.unit);
      const block = await market.send(await account(), market.api.tx.subscription.topUp(id, added));
      output.answer(
        { id, added, block },
        `Added ${formatAmount(added, market.unit)} to subscription ${id} in block ${block}.`,
      );
    }),
  );

program
  .command('cancel')
  .description('end a subscription; what is left of the funds comes back at once')
  .argument('<id>', 'number of the subscription', bigNumber)
  .action((id: bigint) =>
    run(async (market, output, account) => {
      const block = await market.send(await account(), market.api.tx.subscription.cancel(id));
      output.answer({ id, block }, `Subscription ${id} was cancelled in block ${block}.`);
    }),
  );

const type = program.command('type').description('descriptor types: what descriptors look like');
type
  .command('list')
  .description('list the descriptor types of the chain')
  .action(() =>
    run(async (market, output) => {
      const types = await readTypes(market);
      output.answer(types, typesText(types));
    }),
  );
type
  .command('register')
  .description('register a descriptor type')
  .argument('<name>', 'its name, for instance helm/v1')
  .argument('<schema>', 'file with the JSON Schema of its descriptors')
  .action((name: string, schema: string) =>
    run(async (market, output, account) => {
      const block = await registerType(market, await account(), name, schema);
      output.answer({ name, block }, `Descriptor type ${name} was registered in block ${block}.`);
    }),
  );

interface SubscribeFlags {
  readonly type: string;
  readonly funds: string;
  readonly grace: number;
  readonly provider?: number;
  readonly strategy: (typeof STRATEGIES)[number];
  readonly maxPrice?: string;
  readonly accessKey?: string;
  readonly wait: boolean;
}

/** Connects, runs a command and tells the user what went wrong, without a stack, when it is his to mend. */
async function run(
  command: (market: Market, output: Output, account: () => Promise<Account>) => Promise<void>,
): Promise<void> {
  const common = program.opts<Common>();
  try {
    await using market = await Market.open(common.url);
    await command(market, processOutput(common.json), () => loadAccount(common, process.env));
  } catch (error) {
    const ours = findDinfraError(error);
    const hint = error instanceof UserError ? error.hint : ours?.hint;
    if (!(error instanceof UserError || error instanceof InvalidArgumentError) && ours === undefined) throw error;
    process.stderr.write(`dinfra: ${(error as Error).message}\n${hint === undefined ? '' : `        ${hint}\n`}`);
    process.exitCode = 1;
  }
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
  let told = '';
  for (;;) {
    const subscription = await mustRead(market, id);
    const { state, provider } = subscription;
    const now = provider === undefined ? state : `${state}, provider ${provider}`;
    if (now !== told) output.progress(`Subscription ${id}: ${now}`);
    told = now;
    if (state === 'Active') return subscription;
    if (state === 'Ended') {
      throw new UserError(`subscription ${id} ended before it became Active`, `See dinfra status ${id}.`);
    }
    await sleep(1_000);
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value <= 4_294_967_295) return value;
  throw new InvalidArgumentError('It has to be a whole number.');
}

function bigNumber(text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('It has to be the number of a subscription.');
}

// What the libraries have to say is in the errors too.
takeConsole(() => undefined);
await program.parseAsync();
// A socket that is closing would keep the process for seconds; what was written is written first.
process.stdout.write('', () => process.exit());
