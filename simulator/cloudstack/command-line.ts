import { faultOf } from '../../src/cli/command/fault.ts';
import { facts, outputTo } from '../../src/cli/command/output.ts';
import type { Common } from '../../src/cli/command/program.ts';
import type { Terminal } from '../../src/cli/command/terminal.ts';
import { UserError } from '../../src/cli/command/user-error.ts';
import { startSimulator } from './simulator.ts';

export interface SimulatorFlags {
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
}

/** Longest time a job waits for its turn, in milliseconds. */
const QUEUE_MS = 50;

/** `dinfra dev cloudstack`: runs until SIGINT or SIGTERM. Throws UserError when it cannot start. */
export async function runSimulator(terminal: Terminal, common: Common, flags: SimulatorFlags): Promise<void> {
  const { host, port, state, vmDelay, jobDelay, old } = flags;
  const faults = flags.fault.map(faultOf);
  const settings = Object.fromEntries(flags.setting.map(settingOf));
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const simulator = await startSimulator({
    host,
    port,
    ...(state === undefined ? {} : { stateFile: state }),
    delays: { vm: vmDelay, other: jobDelay, queue: Math.min(QUEUE_MS, jobDelay) },
    // A provider's account should be able to expunge; give the setting to see what happens when it is not.
    settings: { 'allow.user.expunge.recover.vm': 'true', ...settings },
    ...(old ? { quirks: { substringNames: true, strictUserDataLimit: true } } : {}),
  }).catch((error: NodeJS.ErrnoException) => {
    throw cannotStart(error, flags);
  });
  simulator.faults.set(faults);
  const { endpoint, accounts } = simulator;
  outputTo(terminal, common.json).answer(
    { endpoint, accounts, pid: process.pid },
    facts([
      ['Endpoint', endpoint],
      ...Object.entries(accounts).flatMap(([name, { apiKey, secretKey }]) => [
        [`API key of ${name}`, apiKey] as const,
        [`Secret key of ${name}`, secretKey] as const,
      ]),
      ['State', state ?? 'in memory'],
      ['Faults', faults.length === 0 ? undefined : flags.fault.join(', ')],
    ]),
  );
  await ended;
  await simulator.stop();
}

function settingOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UserError(
    `--setting "${text}" is not a name and a value`,
    'Write for instance --setting max.account.user.vms=5.',
  );
}

function cannotStart(error: NodeJS.ErrnoException, { host, port, state }: SimulatorFlags): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new UserError(`--port ${port} of ${host} is taken`, 'Name another --port; 0 takes any free one.');
    case 'EACCES':
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(
        `nothing can listen on --host ${host} --port ${port}: ${error.code}`,
        'Name an address of this machine and a port above 1023.',
      );
    default:
      if (state === undefined) return error;
      return new UserError(
        `--state ${state} cannot be used: ${error.code ?? error.message}`,
        'Name a file that this command has written, or one that is not there yet.',
      );
  }
}
