import { Command, InvalidArgumentError, Option } from 'commander';
import { type Common, type SshKeyFlags, STRATEGIES, type SubscribeFlags } from './flags.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { reportErrors } from './user-error.ts';

/**
 * The command line. The code of a command is loaded when it runs: the chain's libraries take longer to load than most
 * commands take.
 *
 * @param terminal default: this process.
 */
export function dinfra(terminal: Terminal = processTerminal): Command {
  const program = new Command('dinfra')
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'dinfra: ')),
    })
    .showHelpAfterError('        See dinfra help, or --help after a command.')
    .description('Subscribe to infrastructure on a Substrate market, and follow what becomes of it.')
    .addOption(
      new Option('--url <url>', 'WebSocket endpoint of a node of the chain')
        .env('DINFRA_URL')
        .default('ws://127.0.0.1:9944'),
    )
    .addOption(palletOption('provider', 'Provider'))
    .addOption(palletOption('subscription', 'Subscription'))
    .option('--account <name>', 'development account such as //Alice')
    .option('--keystore <file>', 'keystore file; its password comes from DINFRA_PASSWORD or is asked for')
    .option('--secret-file <file>', 'file with a mnemonic, hex seed or derivation path; - is standard input')
    .option('--json', 'answer in JSON', false);
  addSubscriptions(program, terminal);
  addTypes(program, terminal);
  addSshKey(program, terminal);
  return program;
}

/** Of a chain whose runtime has the pallet under another name than ours. */
function palletOption(pallet: 'provider' | 'subscription', name: string): Option {
  return new Option(`--${pallet}-pallet <name>`, `what the runtime of the chain calls pallet-dinfra-${pallet}`)
    .env(`DINFRA_${pallet.toUpperCase()}_PALLET`)
    .default(name);
}

function addSubscriptions(program: Command, terminal: Terminal): void {
  const common = () => program.opts<Common>();
  const commands = () => import('../market/market-commands.ts');
  program
    .command('subscribe')
    .description('subscribe to what a descriptor describes; it is paid in advance')
    .argument('<descriptor>', 'file with the descriptor')
    .requiredOption('--type <name>', 'descriptor type, for instance helm/v1')
    .requiredOption('--funds <amount>', 'what is paid in advance; what is left comes back at the end')
    .option('--grace <blocks>', 'blocks everything is kept for after the funds are used up', wholeNumber, 100)
    .option('--provider <id>', 'only this provider', wholeNumber)
    .addOption(new Option('--strategy <name>', 'how the provider is chosen').choices(STRATEGIES).default('RoundRobin'))
    .option('--max-price <amount>', 'highest price of one block')
    .option(
      '--access-key <key>',
      'ed25519 public key that secrets are sealed to and that may log in: 0x and 64 hex digits, or a .pub file (default: of the account’s secret)',
    )
    .option('--wait', 'wait until it is Active', false)
    .action((descriptor: string, flags: SubscribeFlags) =>
      reportErrors(terminal, async () => (await commands()).runSubscribe(terminal, common(), descriptor, flags)),
    );
  program
    .command('list')
    .description('list the subscriptions of an account')
    .option('--consumer <address>', 'whose (default: of the account)')
    .action(({ consumer }: { consumer?: string }) =>
      reportErrors(terminal, async () => (await commands()).runList(terminal, common(), consumer)),
    );
  program
    .command('status')
    .description('show one subscription')
    .argument('<id>', 'number of the subscription', bigNumber)
    .action((id: bigint) => reportErrors(terminal, async () => (await commands()).runStatus(terminal, common(), id)));
  program
    .command('top-up')
    .description('add funds to any subscription')
    .argument('<id>', 'number of the subscription', bigNumber)
    .argument('<amount>', 'what is added')
    .action((id: bigint, amount: string) =>
      reportErrors(terminal, async () => (await commands()).runTopUp(terminal, common(), id, amount)),
    );
  program
    .command('cancel')
    .description('end a subscription; what is left of the funds comes back at once')
    .argument('<id>', 'number of the subscription', bigNumber)
    .action((id: bigint) => reportErrors(terminal, async () => (await commands()).runCancel(terminal, common(), id)));
}

function addTypes(program: Command, terminal: Terminal): void {
  const common = () => program.opts<Common>();
  const commands = () => import('../market/market-commands.ts');
  const type = program.command('type').description('descriptor types: what descriptors look like');
  type
    .command('list')
    .description('list the descriptor types of the chain')
    .action(() => reportErrors(terminal, async () => (await commands()).runTypeList(terminal, common())));
  type
    .command('register')
    .description('register a descriptor type')
    .argument('<name>', 'its name, for instance helm/v1')
    .argument('<schema>', 'file with the JSON Schema of its descriptors')
    .action((name: string, schema: string) =>
      reportErrors(terminal, async () => (await commands()).runTypeRegister(terminal, common(), name, schema)),
    );
}

function addSshKey(program: Command, terminal: Terminal): void {
  program
    .command('ssh-key')
    .description('write the SSH key that may log in to your VMs: the ed25519 key of the account’s secret')
    .option('--out <file>', 'file to create, readable by you only (default: standard output)')
    .option('--comment <text>', 'what key listings show', 'dinfra')
    .option('--public', 'the public key instead of the private one', false)
    .action((flags: SshKeyFlags) =>
      reportErrors(terminal, async () =>
        (await import('../account/ssh-key.ts')).runSshKey(terminal, program.opts<Common>(), flags),
      ),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value <= 4_294_967_295) return value;
  throw new InvalidArgumentError('It must be a whole number.');
}

function bigNumber(text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('It must be the number of a subscription.');
}
