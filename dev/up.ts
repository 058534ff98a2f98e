import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findBinaries } from './binaries.ts';
import { NAMESPACE } from './environment.ts';
import { isAlive } from './is-alive.ts';
import { readState, type State, stateFolder } from './up-state.ts';

/** How long everything may take to start, in milliseconds. */
const START_MS = 180_000;

async function main(): Promise<number> {
  const known = readState();
  if (known !== undefined && isAlive(known.pid)) {
    if (known.ready === undefined) return waitFor(known.pid);
    console.log('It is already up.\n');
    showEnvironment(known.ready);
    return 0;
  }
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const log = openSync(`${stateFolder}/environment.log`, 'w', 0o600);
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.ts', import.meta.url))], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  keeper.unref();
  if (keeper.pid === undefined) throw new Error('the environment could not be started');
  return waitFor(keeper.pid);
}

/** Prints each step that the keeper reports, until everything is up. */
async function waitFor(pid: number): Promise<number> {
  const until = performance.now() + START_MS;
  let shown = 0;
  for (;;) {
    const state = readState();
    const ours = state?.pid === pid ? state : undefined;
    for (const step of ours?.steps.slice(shown) ?? []) console.log(`✓ ${step}`);
    shown = Math.max(shown, ours?.steps.length ?? 0);
    if (ours?.ready !== undefined) {
      console.log('');
      showEnvironment(ours.ready);
      return 0;
    }
    if (ours?.problem !== undefined) {
      console.error(`dinfra: ${ours.problem}`);
      return 1;
    }
    if (!isAlive(pid) || performance.now() > until) {
      console.error(`dinfra: the environment did not come up: ${stateFolder}/environment.log says why`);
      return 1;
    }
    await sleep(200);
  }
}

function showEnvironment({ kubeconfig, chain, cloud, probes }: NonNullable<State['ready']>): void {
  // Last on PATH, for users without their own kubectl.
  console.log(`export PATH="$PATH:${dirname(findBinaries().kubectl)}"
export KUBECONFIG="${kubeconfig}"
export DINFRA_URL=${chain}

CloudStack   ${cloud}
probes       ${probes}/readyz, ${probes}/metrics

Things to try:
  kubectl -n ${NAMESPACE} get dinfra
  bin/dinfra --account //Charlie subscribe config/samples/descriptors/substrate-node-helm.json --type helm/v1 --funds 1 --wait
  kubectl -n ${NAMESPACE} describe ddep
  bin/dinfra --account //Charlie list
  make down`);
}

process.exitCode = await main();
