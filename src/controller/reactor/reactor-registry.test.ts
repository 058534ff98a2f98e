import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { Reactor } from '../../providers/port.ts';
import { ReactorRegistry } from './reactor-registry.ts';

const reactor = { kind: 'test', types: new Set(['vm/v1']) } as unknown as Reactor;
const problem = new RetryableError('ReactorCredentialsMissing', { message: 'there is no Secret' });

describe('the registry of reactors', () => {
  it('the registry returns a reactor, or throws why it cannot be used', () => {
    const registry = new ReactorRegistry();
    registry.set('acme/cloud', reactor);
    registry.fail('acme/cluster', problem);
    expect(registry.get('acme/cloud')).toBe(reactor);
    expect(() => registry.get('acme/cluster')).toThrow(problem);
    expect(() => registry.get('other/cloud')).toThrow('there is no Reactor other/cloud');
    expect(registry.keysIn('acme')).toEqual(['acme/cloud', 'acme/cluster']);
  });

  it('the registry knows the types of a reactor, and none for one that could not be built', () => {
    const registry = new ReactorRegistry();
    registry.set('acme/cloud', reactor);
    registry.fail('acme/cluster', problem);
    const serves = (key: string, type: string) => registry.servesType(key, type);
    expect([serves('acme/cloud', 'vm/v1'), serves('acme/cloud', 'helm/v1')]).toEqual(['Yes', 'No']);
    expect([serves('acme/cluster', 'vm/v1'), serves('acme/new', 'vm/v1')]).toEqual(['Unknown', 'Unknown']);
  });

  it('the registry knows whether a reactor was built or found to be unusable', () => {
    const registry = new ReactorRegistry();
    registry.set('acme/cloud', reactor);
    registry.fail('acme/cluster', problem);
    expect(['cloud', 'cluster', 'new'].map((name) => registry.has(`acme/${name}`))).toEqual([true, true, false]);
  });
});
