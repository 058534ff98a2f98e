import { expectTypeOf, test } from 'vitest';
import type { HelmConfig } from '../providers/helm/config.ts';
import type { ReactorSpec } from './reactor.ts';

/** The field paths of a type, e.g. `charts.hosts`. Assignability does not catch a field that only one side has. */
type Fields<T> = T extends readonly (infer Item)[]
  ? Fields<Item>
  : T extends object
    ? string extends keyof T
      ? never
      : { [K in keyof T & string]: K | `${K}.${Fields<NonNullable<T[K]>>}` }[keyof T & string]
    : never;

test('the Helm configuration in a Reactor has the same fields as the Helm reactor’s config', () => {
  type Said = NonNullable<ReactorSpec['helm']>;
  expectTypeOf<Said>().toExtend<HelmConfig>();
  expectTypeOf<Fields<Required<Said>>>().toEqualTypeOf<Fields<Required<HelmConfig>>>();
});
