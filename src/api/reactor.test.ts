import { expectTypeOf, test } from 'vitest';
import type { HelmConfig } from '../providers/helm/config.ts';
import type { ReactorSpec } from './reactor.ts';

/** The fields of a type and of all in it, as `charts.hosts`. A field of one side only is what assignability lets pass. */
type Fields<T> = T extends readonly (infer Item)[]
  ? Fields<Item>
  : T extends object
    ? string extends keyof T
      ? never
      : { [K in keyof T & string]: K | `${K}.${Fields<NonNullable<T[K]>>}` }[keyof T & string]
    : never;

test('what a Reactor says of Helm is what the Helm reactor takes', () => {
  type Said = NonNullable<ReactorSpec['helm']>;
  expectTypeOf<Said>().toExtend<HelmConfig>();
  expectTypeOf<Fields<Required<Said>>>().toEqualTypeOf<Fields<Required<HelmConfig>>>();
});
