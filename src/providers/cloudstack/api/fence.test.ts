import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../../../../simulator/cloudstack/simulator.ts';
import { quickSimulator } from '../../../../test/support/cloud.ts';
import { systemClock } from '../../../base/clock.ts';
import { LeadershipLostError } from '../../../base/fence.ts';
import { CloudStackClient } from './client.ts';

const { signal } = new AbortController();
let simulator: Simulator;

beforeAll(async () => {
  simulator = await quickSimulator();
});
afterAll(() => simulator.stop());

test('a process that has lost its lease changes nothing in CloudStack but can still read', async () => {
  let held = true;
  const fence = {
    assertHeld: () => {
      if (!held) throw new LeadershipLostError();
    },
    remainingMs: () => (held ? 1_000 : 0),
  };
  const { endpoint, accounts } = simulator;
  const client = new CloudStackClient({ endpoint, credentials: accounts.user, clock: systemClock, fence });
  const names = async () => (await client.list('listSSHKeyPairs', {}, signal)).map(({ name }) => name);
  await client.call('createSSHKeyPair', { name: 'before' }, signal);
  held = false;
  const calls = simulator.calls.get('createSSHKeyPair');
  await expect(client.call('createSSHKeyPair', { name: 'after' }, signal)).rejects.toThrow(LeadershipLostError);
  await expect(client.call('deleteSSHKeyPair', { name: 'before' }, signal)).rejects.toThrow(LeadershipLostError);
  expect(simulator.calls.get('createSSHKeyPair')).toBe(calls);
  expect(await names()).toEqual(['before']);
  await client.close();
});
