import { describe, expect, it } from 'vitest';
import { deploymentFor } from '../../../test/support/deployment-for.ts';
import { awardOf, GENESIS, HASH } from '../../../test/support/memory-source.ts';
import type { Deployment } from '../../api/deployment.ts';
import { identityOf } from '../../award/identity.ts';
import { dependsOn, stopsDepending } from './dependents.ts';

const identity = identityOf({ genesis: GENESIS, subscription: 1n, tenure: 1 });
const bare = deploymentFor({ ...awardOf(1n), identity, descriptor: {}, descriptorHash: HASH });

function deployment({ named, recorded }: { readonly named?: string; readonly recorded?: string }): Deployment {
  return {
    ...bare,
    spec: { ...bare.spec, ...(named !== undefined && { reactorRef: { name: named } }) },
    status: {
      ...bare.status,
      ...(recorded !== undefined && { realisation: { reactor: { name: recorded, kind: 'helm' } } }),
    },
  };
}

const REACTORS = ['acme/cloud', 'acme/cluster', 'other/cloud'];
const neededBy = (of: Deployment) => REACTORS.filter((reactor) => dependsOn(of, reactor));

describe('what a Reactor that is deleted waits for', () => {
  it('a deleted Reactor waits for a Deployment that names it', () => {
    expect(neededBy(deployment({ named: 'cloud' }))).toEqual(['acme/cloud']);
    expect(neededBy(deployment({ recorded: 'cluster' }))).toEqual(['acme/cluster']);
  });

  it('a deleted Reactor waits for a Deployment that runs there though a person has edited its reactorRef', () => {
    expect(neededBy(deployment({ named: 'cluster', recorded: 'cloud' }))).toEqual(['acme/cloud', 'acme/cluster']);
  });

  it('a deleted Reactor waits for a Deployment of a restored cluster that may run at any Reactor', () => {
    expect(neededBy(deployment({}))).toEqual(['acme/cloud', 'acme/cluster']);
  });

  it('a deleted Reactor no longer waits for a Deployment that is gone or was found at another Reactor', () => {
    const [unknown, found] = [deployment({}), deployment({ named: 'cluster' })];
    expect(stopsDepending({ old: unknown, now: found }, 'acme/cloud')).toBe(true);
    expect(stopsDepending({ old: unknown, now: found }, 'acme/cluster')).toBe(false);
    expect(stopsDepending({ old: found, now: undefined }, 'acme/cluster')).toBe(true);
    expect(stopsDepending({ old: undefined, now: found }, 'acme/cluster')).toBe(false);
  });
});
