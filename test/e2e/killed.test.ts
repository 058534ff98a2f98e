/**
 * The demo's story while the operator is killed at six random moments. Each run prints its seed; DINFRA_SEED repeats
 * the moments of an earlier run. Runs in the cluster of KUBECONFIG or else an embedded one, like story.test.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Story } from '../../dev/demo/story.ts';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import { Stage } from '../support/stage.ts';

const KILLS = 6;
/**
 * How long an operator lives, in milliseconds: from its first actions to the end of most of the work it begins. Every
 * other life counts from readiness, because on a slow machine the others may end before they have done anything.
 */
const LEAST_LIFE_MS = 100;
const MOST_LIFE_MS = 5_000;

const seed = Number(process.env['DINFRA_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const random = mulberry32(seed);
let stage: Stage;

beforeAll(async () => {
  console.log(`killed.test.ts: DINFRA_SEED=${seed}`);
  stage = await Stage.open('killed');
});
afterAll(() => stage?.close());

/** On a busy machine six lives may take longer than one story, which is then played once more. */
const LONGEST_MS = 600_000;

test('the story has the same end if the operator is killed at six random moments', {
  timeout: LONGEST_MS,
}, async () => {
  const { environment, world, consumer } = stage;
  const story = new Story(environment, world);
  const quiet = () => undefined;
  // Slower than usual, so that most lives end before the deadline of an award.
  environment.chain.tick(1_500);
  let operator = await environment.startOperator();
  let stop = false;
  let kills = 0;
  const killing = (async () => {
    while (kills < KILLS && !stop) {
      if (kills % 2 === 1) await isReady(operator);
      await sleep(LEAST_LIFE_MS + random() * (MOST_LIFE_MS - LEAST_LIFE_MS));
      operator = await killAndStart(operator);
      kills++;
    }
  })();
  const most = { vms: 0, releases: 0 };
  const watching = (async () => {
    while (!stop) {
      most.vms = Math.max(most.vms, mostOfOneName(vmNames()));
      most.releases = Math.max(most.releases, mostOfOneName(await releaseNamespaces()));
      await sleep(500);
    }
  })();
  try {
    await story.applySamples(quiet);
    do {
      await story.subscribe(quiet);
      await story.comeUp(quiet);
      await story.cancel(quiet);
      await story.runOut(quiet);
    } while (kills < KILLS);
    await story.nothingLeft(quiet);
  } finally {
    stop = true;
    await Promise.all([killing, watching]);
  }
  expect(kills).toBe(KILLS);
  expect(most).toEqual({ vms: 1, releases: 1 });
  // Including removed ones.
  const ever = environment.cloud.world.tables.vms.toJSON().rows.map(({ name }) => name);
  expect(mostOfOneName(ever)).toBe(1);
  expect(story.tenants).toHaveLength(3);
  for (const { id, type } of story.tenants) {
    const events = (await consumer.heard(id)).map(({ event }) => event);
    const ends = type === 'vm/v1' ? ['Suspended', 'Ended'] : ['Ended'];
    const expected = ['Subscribed', 'Awarded', 'Accepted', 'Activated', ...ends, 'Released', 'Removed'];
    expect(events.filter((event) => event !== 'Paid')).toEqual(expected);
  }
  const { vms, networks, addresses, volumes } = environment.cloud.books().accounts['dinfra'] ?? {};
  expect({ vms, networks, addresses, volumes }).toEqual({ vms: [], networks: [], addresses: [], volumes: [] });
});

function isReady(operator: OperatorProcess): Promise<void> {
  return stage.until('the operator leads', 60, () => operator.leads());
}

async function killAndStart(operator: OperatorProcess): Promise<OperatorProcess> {
  await operator.kill();
  return stage.environment.startOperator();
}

function vmNames(): string[] {
  return (stage.environment.cloud.books().accounts['dinfra']?.vms ?? []).map(({ name }) => name);
}

/** The namespace of each release in the tenants' namespaces, whatever the number of its revisions. */
async function releaseNamespaces(): Promise<string[]> {
  const template = '{range .items[*]}{.metadata.namespace} {.metadata.labels.name}{"\\n"}{end}';
  const args = ['get', 'secrets', '-A', '-l', 'owner=helm', '-o', `jsonpath=${template}`];
  const lines = (await stage.environment.kubectl(args)).split('\n').filter((line) => line !== '');
  return [...new Set(lines)].map((line) => line.split(' ')[0] ?? '');
}

function mostOfOneName(names: readonly string[]): number {
  const groups = Object.values(Object.groupBy(names, (name) => name));
  return Math.max(0, ...groups.map((group = []) => group.length));
}

/** Pseudo-random numbers in [0, 1) from a 32-bit seed. */
function mulberry32(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
