import { parseArgs } from 'node:util';
import { type SimulatorOptions, startSimulator } from './simulator.ts';

const usage = `Starts a simulated CloudStack management server and prints its endpoint and keys as one line of JSON.

  --host HOST          address to listen on (default 127.0.0.1)
  --port PORT          port to listen on (default: any free one)
  --state FILE         keep the state in FILE over a restart
  --vm-delay MS        how long VM jobs take (default 1000)
  --job-delay MS       how long other jobs take (default 200)
  --setting NAME=VALUE a setting of the management server; may be repeated
  --old                behave like 4.13 where it differs`;

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    state: { type: 'string' },
    'vm-delay': { type: 'string' },
    'job-delay': { type: 'string' },
    setting: { type: 'string', multiple: true },
    old: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) {
  console.log(usage);
} else {
  const simulator = await startSimulator(optionsOf());
  const { endpoint, accounts } = simulator;
  console.log(JSON.stringify({ endpoint, accounts, pid: process.pid }));
  const end = () => void simulator.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

function optionsOf(): SimulatorOptions {
  const settings = (values.setting ?? []).map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) fail(`--setting ${pair}: expected NAME=VALUE`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  const vm = number('vm-delay', 1_000);
  const other = number('job-delay', 200);
  return {
    ...(values.host === undefined ? {} : { host: values.host }),
    port: number('port', 0),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
    delays: { vm, other, queue: Math.min(50, other) },
    // A provider's account should be able to expunge; pass the setting to see what happens when it is not.
    settings: { 'allow.user.expunge.recover.vm': 'true', ...Object.fromEntries(settings) },
    ...(values.old === true ? { quirks: { substringNames: true, strictUserDataLimit: true } } : {}),
  };
}

function number(name: 'port' | 'vm-delay' | 'job-delay', fallback: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) fail(`--${name} ${text}: expected a whole number`);
  return value;
}

function fail(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}
