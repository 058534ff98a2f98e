import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from './environment.ts';
import { stateFolder, writeState } from './up-state.ts';

/** The process that owns everything that `make up` has started, and ends together with it. */
const steps: string[] = [];
let environment: Environment | undefined;

function report(step: string): void {
  steps.push(step);
  writeState({ pid: process.pid, steps });
}

async function end(): Promise<void> {
  await environment?.stop();
  process.exit(0);
}

process.once('SIGTERM', () => void end());
// It outlives the terminal from which it was started.
process.on('SIGHUP', () => undefined);

const folder = join(stateFolder, 'environment');
rmSync(folder, { recursive: true, force: true });
writeState({ pid: process.pid, steps });
try {
  environment = await Environment.start({ folder, onStep: report });
  const operator = await environment.startOperator();
  report('operator running');
  await environment.applySamples();
  await environment.kubectl(['wait', '--for=condition=Ready', '--timeout=60s', 'providers,offers,reactors', '--all']);
  report('config/samples applied, and its offers on chain');
  writeState({
    pid: process.pid,
    steps,
    ready: {
      kubeconfig: environment.kubeconfig,
      chain: environment.chain.endpoint,
      cloud: environment.cloud.endpoint,
      probes: operator.probes,
    },
  });
} catch (error) {
  console.error(error);
  writeState({ pid: process.pid, steps, problem: error instanceof Error ? error.message : String(error) });
  await environment?.stop();
  process.exit(1);
}
