import { describe, expect, it } from 'vitest';
import { TerminalError } from '../errors/dinfra-error.ts';
import { Blueprints } from './blueprints.ts';

const blueprints = new Blueprints(
  new Map([
    [
      'shop/v1',
      { type: 'vm/v1', translate: (descriptor) => ({ made: descriptor }), origins: { '/userData': '/shelves' } },
    ],
  ]),
);

describe('blueprints', () => {
  it('a type with a blueprint is translated into another one, and other types are not changed', () => {
    expect(blueprints.translate('helm/v1', 1)).toEqual({ type: 'helm/v1', descriptor: 1 });
    expect(blueprints.translate('shop/v1', 1)).toEqual({ type: 'vm/v1', descriptor: { made: 1 } });
  });

  it('a reactor that realises the target type of a blueprint also serves the type of the blueprint', () => {
    expect(blueprints.becomes('shop/v1')).toBe('vm/v1');
    expect(blueprints.becomes('helm/v1')).toBe('helm/v1');
  });

  it('a fault in a translated descriptor names the field that the consumer wrote', () => {
    const fault = new TerminalError('VmUserDataTooLarge', { message: 'it takes 40000 characters', path: '/userData' });
    expect(blueprints.inTermsOf('shop/v1', fault)).toMatchObject({
      code: 'VmUserDataTooLarge',
      path: '/shelves',
      message: 'with what shelves becomes, it takes 40000 characters',
    });
    expect(blueprints.inTermsOf('vm/v1', fault)).toBe(fault);
    const other = new TerminalError('VmImageNotOffered', { message: 'no image "x"', path: '/image' });
    expect(blueprints.inTermsOf('shop/v1', other)).toBe(other);
  });
});
