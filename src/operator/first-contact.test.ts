import { expect, test } from 'vitest';
import { orderFor } from '../../test/support/cloud.ts';
import { deploymentFor } from '../../test/support/deployment-for.ts';
import type { Deployment } from '../api/deployment.ts';
import { awaitsFirstContact, FirstContactGate } from './first-contact.ts';

const mirrored = deploymentFor(orderFor());
const accepted = { hash: mirrored.spec.descriptor.hash, schemaVersion: 1, contentRef: { name: 'c' } };
const on = (reactor: string, over: Partial<Deployment['spec']> = {}): Deployment => ({
  ...mirrored,
  spec: { ...mirrored.spec, reactorRef: { name: reactor }, accepted, ...over },
});

const known = (...reactors: string[]) => ({
  isReactorKnown: (key: string) => reactors.includes(key),
  areSourcesKnown: false,
});

test('after the start a tenure waits for its own reactor, and for no other', () => {
  expect(awaitsFirstContact(on('slow'), known('acme/cloud'))).toBe(true);
  expect(awaitsFirstContact(on('cloud'), known('acme/cloud'))).toBe(false);
});

test('a chain that does not answer delays no tenure that was accepted before', () => {
  expect(awaitsFirstContact(on('cloud'), known('acme/cloud'))).toBe(false);
});

test('an award whose descriptor is not pinned yet, and an end to be confirmed, wait for the award sources', () => {
  const { accepted: _, ...fresh } = on('cloud').spec;
  const award: Deployment = { ...mirrored, spec: fresh };
  expect(awaitsFirstContact(award, known('acme/cloud'))).toBe(true);
  expect(awaitsFirstContact(on('cloud', { state: 'Ended' }), known('acme/cloud'))).toBe(true);
  expect(awaitsFirstContact(award, { ...known('acme/cloud'), areSourcesKnown: true })).toBe(false);
});

test('a waiting Deployment is enqueued once, after first contact, and not if it ran meanwhile', () => {
  const early = new Set(['a', 'b', 'c']);
  const enqueued: string[] = [];
  const gate = new FirstContactGate(
    (key) => early.has(key),
    (key) => enqueued.push(key),
  );
  expect(['a', 'b', 'c', 'd'].map((key) => gate.holds(key))).toEqual([true, true, true, false]);
  gate.release();
  expect(enqueued).toEqual([]);
  early.delete('b');
  gate.release();
  expect(enqueued).toEqual(['b']);
  early.clear();
  expect(gate.holds('c')).toBe(false);
  gate.release();
  gate.release();
  expect(enqueued).toEqual(['b', 'a']);
});
