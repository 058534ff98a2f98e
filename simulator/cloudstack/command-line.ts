import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { parseFault } from './parse-fault.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import { UsageError } from './usage-error.ts';

export interface Flags {
  readonly host: string;
  readonly port: number;
  readonly state?: string;
  /** Milliseconds. */
  readonly vmDelay: number;
  /** Milliseconds. */
  readonly jobDelay: number;
  readonly setting: readonly string[];
  readonly fault: readonly string[];
  readonly old: boolean;
  readonly json: boolean;
}

/** Longest time a job waits in the queue, in milliseconds. */
const QUEUE_MS = 50;

/** The command line of the package. The action throws UsageError when the simulator cannot start. */
export function commandLine(): Command {
  return new Command('cloudstack-simulator')
    .description('Start a simulated CloudStack management server, print its endpoint and keys, and run until Ctrl-C.')
    .version(packageVersion(), '--version', 'print the version')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'cloudstack-simulator: ')) })
    .showHelpAfterError('  See cloudstack-simulator --help.')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 is any free one', port, 8080)
    .option('--state <file>', 'keep the state, keys included, in this file (default: in memory)')
    .option('--vm-delay <ms>', 'how long jobs of VMs take', milliseconds, 1_000)
    .option('--job-delay <ms>', 'how long other jobs take', milliseconds, 200)
    .option('--setting <name=value>', 'a setting of the management server; may be repeated', collect, [])
    .option('--fault <command:kind>', 'a fault to inject, see the README; may be repeated', collect, [])
    .option('--old', 'behave like CloudStack 4.13 where it differs', false)
    .option('--json', 'print endpoint, accounts and pid as JSON', false)
    .action(run);
}

/** Runs until SIGINT or SIGTERM. */
async function run(flags: Flags): Promise<void> {
  const faults = flags.fault.map(parseFault);
  const settings = Object.fromEntries(flags.setting.map(parseSetting));
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const simulator = await start(flags, settings);
  simulator.faults.set(faults);
  process.stdout.write(`${flags.json ? asJson(simulator) : asText(simulator, flags)}\n`);
  await stopped;
  await simulator.stop();
}

async function start(flags: Flags, settings: Readonly<Record<string, string>>): Promise<Simulator> {
  const { host, port: wanted, state, vmDelay, jobDelay, old } = flags;
  try {
    return await startSimulator({
      host,
      port: wanted,
      ...(state === undefined ? {} : { stateFile: state }),
      delays: { vm: vmDelay, other: jobDelay, queue: Math.min(QUEUE_MS, jobDelay) },
      // A provider's account should be able to expunge. Set it to false to test without.
      settings: { 'allow.user.expunge.recover.vm': 'true', ...settings },
      ...(old ? { quirks: { substringNames: true, strictUserDataLimit: true } } : {}),
    });
  } catch (error) {
    throw startFailure(error as NodeJS.ErrnoException, flags);
  }
}

function asJson({ endpoint, accounts }: Simulator): string {
  return JSON.stringify({ endpoint, accounts, pid: process.pid }, undefined, 2);
}

function asText({ endpoint, accounts }: Simulator, { state, fault }: Flags): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Endpoint', endpoint],
    ...Object.entries(accounts).flatMap(([name, { apiKey, secretKey }]) => [
      [`API key of ${name}`, apiKey] as const,
      [`Secret key of ${name}`, secretKey] as const,
    ]),
    ['State', state ?? 'in memory'],
    ...(fault.length === 0 ? [] : [['Faults', fault.join(', ')] as const]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join('\n');
}

function startFailure(error: NodeJS.ErrnoException, { host, port: wanted, state }: Flags): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new UsageError(
        `port ${wanted} of ${host} is in use`,
        'Choose another one with --port; 0 takes any free port.',
      );
    case 'EACCES':
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(
        `cannot listen on --host ${host} --port ${wanted}: ${error.code}`,
        'Give an address of this machine and a port above 1023.',
      );
    default:
      if (state === undefined) return error;
      return new UsageError(
        `cannot use --state ${state}: ${error.code ?? error.message}`,
        'Give a file that this command has written, or one that does not exist yet.',
      );
  }
}

function parseSetting(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--setting "${text}" has no name and value`, 'For example: --setting max.account.user.vms=5.');
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}

function milliseconds(text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of milliseconds.');
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function packageVersion(): string {
  // Beside the sources; one folder up from what `npm run build` writes.
  const folder = import.meta.url.endsWith('.ts') ? './' : '../';
  const { version } = JSON.parse(readFileSync(new URL(`${folder}package.json`, import.meta.url), 'utf8'));
  return version;
}
