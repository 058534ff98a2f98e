import { expect, it } from 'vitest';
import { BridgeWorld } from '../../test/support/bridge-world.ts';
import type { Deployment } from '../api/deployment.ts';
import { concernsSession } from './deployment-change.ts';

async function deployment(): Promise<Deployment> {
  const world = new BridgeWorld();
  const award = world.ledger.award(1n);
  const session = await world.session(world.provider());
  await world.converge(session);
  world.controllerSays(award, {});
  world.end();
  return world.deploymentOf(award);
}

it('a change of the memo or of a retry in a Deployment triggers no comparison', async () => {
  const before = await deployment();
  const status = {
    ...before.status,
    realisation: { memo: { job: '7' }, retryAfter: '2026-11-25T12:00:00Z', failures: 3 },
  };
  expect(concernsSession(before, { ...before, status })).toBe(false);
});

it('a change of facts, spec or labels of a Deployment triggers a comparison', async () => {
  const before = await deployment();
  const { facts } = before.status;
  const down = {
    ...before,
    status: { ...before.status, ...(facts && { facts: { ...facts, workload: 'Down' as const } }) },
  };
  expect(concernsSession(before, down)).toBe(true);
  const edited = { ...before, metadata: { ...before.metadata, generation: 9 } };
  expect(concernsSession(before, edited)).toBe(true);
  const relabelled = { ...before, metadata: { ...before.metadata, labels: {} } };
  expect(concernsSession(before, relabelled)).toBe(true);
  expect(concernsSession(before, undefined)).toBe(true);
});
