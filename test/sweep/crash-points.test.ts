/**
 * Every effect of one scenario as a crash point. One run numbers the effects of the operator on API server, chain,
 * cloud and helm. Then it is killed before an effect, after it, and after it with the reply lost, and a new process has
 * to reach the same world. `make test-sweep` takes every point; otherwise an evenly spread sample is taken, which is
 * the same each time if the numbering is.
 */
import { randomInt } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { type CrashPoint, moments } from './effects.ts';
import { Lane } from './lane.ts';
import { playScenario } from './scenario.ts';
import { SweepCase } from './sweep-case.ts';

const SAMPLE = 12;
/** Cases at once, each with a chain of its own. */
const LANES = 3;
const CASE_MS = 600_000;

const first = randomInt(2 ** 40);
const lanes = await Promise.all(Array.from({ length: LANES }, (_, index) => Lane.open(first + index * 100_000)));
const free = [...lanes];
const { seen: effects } = await play(undefined);
const wanted = process.env['DINFRA_SWEEP'] ?? `${SAMPLE}`;
const chosen = wanted === 'all' ? everyPoint(effects.length) : sample(effects.length, Number(wanted));
console.log(
  `crash-points.test.ts: ${effects.length} effects, ${chosen.length} of ${effects.length * moments.length} crash points`,
);

afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
});

test.concurrent.each(chosen.map((point) => ({ ...point, name: effects[point.effect - 1] ?? '' })))(
  'after a kill at effect $effect ($moment; $name) the next operator reaches the same world',
  { timeout: CASE_MS },
  async (point) => {
    const { killed, seen } = await play(point);
    if (killed) return;
    // Merged status writes made this run shorter than the numbered one: use an effect that certainly exists.
    const effect = Math.max(1, Math.floor((0.8 * point.effect * seen.length) / effects.length));
    expect((await play({ ...point, effect })).killed, 'the operator was killed').toBe(true);
  },
);

/** Plays the scenario on a free lane. Returns its effects, and the one at which the operator was killed. */
async function play(
  point: CrashPoint | undefined,
): Promise<{ readonly seen: readonly string[]; readonly killed: boolean }> {
  const lane = free.pop();
  if (lane === undefined) throw new Error('more cases at once than lanes');
  try {
    const started = performance.now();
    const one = await SweepCase.open(lane, point);
    try {
      await playScenario(one);
      const seconds = Math.round((performance.now() - started) / 1_000);
      if (point !== undefined && one.effects.hit !== undefined) {
        console.log(
          `killed at effect ${point.effect} (${point.moment}), ${one.effects.hit}: the same world, ${seconds} s`,
        );
      }
      return { seen: one.effects.seen, killed: one.effects.hit !== undefined };
    } finally {
      await one.close();
    }
  } finally {
    free.push(lane);
  }
}

function everyPoint(count: number): CrashPoint[] {
  return Array.from({ length: count }, (_, index) => moments.map((moment) => ({ effect: index + 1, moment }))).flat();
}

/** This many points, evenly spread, with each moment equally often. */
function sample(count: number, size: number): CrashPoint[] {
  return Array.from({ length: size }, (_, index) => ({
    effect: 1 + Math.floor((index * count) / size),
    moment: moments[index % moments.length] ?? 'before',
  }));
}
