import { expect, test } from 'vitest';
import { orderFor } from '../../test/support/cloud.ts';
import { deploymentFor } from '../../test/support/deployment-for.ts';
import type { Deployment } from '../api/deployment.ts';
import { fieldsOf, laneOf, MirroredNamespaces } from './register-deployments.ts';

const deployment = deploymentFor(orderFor());
const on = (reactor: string, state: Deployment['spec']['state'] = 'Active'): Deployment => ({
  ...deployment,
  spec: { ...deployment.spec, reactorRef: { name: reactor }, state },
});

test('Deployments of two reactors are in different lanes', () => {
  expect(laneOf(on('cloud'))).not.toBe(laneOf(on('cluster')));
});

test('an undecided award is in another lane than the running Deployments of its reactor', () => {
  expect(laneOf(on('cloud', 'Awarded'))).not.toBe(laneOf(on('cloud')));
  expect(laneOf(on('cloud', 'Accepted'))).toBe(laneOf(on('cloud', 'Ended')));
});

test('a Deployment that no longer exists has a lane', () => {
  expect(laneOf(undefined)).toBe('');
});

test('log lines about a Deployment have the name of its tenure, or its own name if it is gone', () => {
  const { name } = orderFor({}, 7n).identity;
  expect(fieldsOf('acme/by-hand', deploymentFor(orderFor({}, 7n)))).toEqual({ tenure: name });
  expect(fieldsOf(`acme/${name}`, undefined)).toEqual({ tenure: name });
});

test('undecided awards have a lower limit while any Provider writes awards into their namespace', () => {
  const awards = new MirroredNamespaces();
  const [undecided, running] = [laneOf(on('cloud', 'Awarded')), laneOf(on('cloud'))];
  expect(awards.isMirrored(undecided)).toBe(false);
  awards.note('acme', 'Begins');
  awards.note('acme', 'Begins');
  awards.note('acme', 'Ends');
  expect([undecided, running, 'acme-2/cloud Awarded'].map((lane) => awards.isMirrored(lane))).toEqual([
    true,
    false,
    false,
  ]);
  awards.note('acme', 'Ends');
  expect(awards.isMirrored(undecided)).toBe(false);
});
