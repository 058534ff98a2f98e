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
  it('a type without a blueprint stays what it is, and one with a blueprint becomes another', () => {
    expect(blueprints.translate('helm/v1', 1)).toEqual({ type: 'helm/v1', descriptor: 1 });
    expect(blueprints.translate('shop/v1', 1)).toEqual({ type: 'vm/v1', descriptor: { made: 1 } });
  });

  it('whoever realises what a blueprint becomes serves the type of the blueprint', () => {
    expect(blueprints.becomes('shop/v1')).toBe('vm/v1');
    expect(blueprints.becomes('helm/v1')).toBe('helm/v1');
  });

  it('a fault of what a blueprint made names the field the consumer wrote', () => {
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
