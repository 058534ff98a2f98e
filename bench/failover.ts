import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorProcess } from '../dev/operator-process.ts';
import { Market } from './market.ts';
import { median, metricSum } from './numbers.ts';
import type { Figure } from './report.ts';

const ROUNDS = 5;
const LOOK_MS = 20;

/** Two operators: the one that leads is killed, and the other has to take over. */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  say('starting API server, chain, cloud and two operators …');
  const market = await Market.open({ say });
  try {
    const processes = [await market.startOperator(), await market.startOperator()];
    const provider = await market.sell(100);
    const leads: number[] = [];
    const mirrors: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const leader = await leaderOf(market, processes);
      // Until the other one knows the lease as it is.
      await sleep(2_000);
      const id = await market.subscribe(provider);
      const killed = performance.now();
      await leader.kill();
      processes.splice(processes.indexOf(leader), 1);
      const next = await leaderOf(market, processes);
      leads.push((performance.now() - killed) / 1_000);
      const after = await market.subscribe(provider);
      for (const one of [id, after]) await market.until('the award is mirrored', 60, () => market.isMirrored(one));
      mirrors.push((performance.now() - killed) / 1_000);
      say(`round ${round + 1} of ${ROUNDS}: led again after ${leads.at(-1)?.toFixed(1)} s by ${next.pid}`);
      processes.push(await market.startOperator());
    }
    const method = `Of two processes the one that leads ends by SIGKILL; median of ${ROUNDS}`;
    return [
      {
        name: 'failover.seconds',
        value: median(leads),
        unit: 's',
        runs: ROUNDS,
        bound: { atMost: 5 },
        method: `${method}: until the other says that it leads.`,
      },
      {
        name: 'failover.worst_seconds',
        value: Math.max(...leads),
        unit: 's',
        runs: ROUNDS,
        method: 'The longest of them.',
      },
      {
        name: 'failover.award_seconds',
        value: median(mirrors),
        unit: 's',
        runs: ROUNDS,
        method: `${method}: until an award made after the other leads is mirrored, the block it takes included.`,
      },
    ];
  } finally {
    await market.close();
  }
}

async function leaderOf(market: Market, processes: readonly OperatorProcess[]): Promise<OperatorProcess> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    for (const one of processes) {
      const page = await one.metrics().catch(() => '');
      if (metricSum(page, 'leader_election_master_status') === 1) return one;
    }
    await sleep(LOOK_MS);
  }
  throw new Error(`nobody leads after 60 s: is leader election on?\n${await market.environment.account()}`);
}
