import { expectTypeOf, test } from 'vitest';
import type { CloudStackConfig } from '../providers/cloudstack/config.ts';
import type { HelmConfig } from '../providers/helm/config.ts';
import type { ReactorSpec } from './reactor.ts';

test('what a Reactor says of CloudStack is what the CloudStack reactor takes', () => {
  expectTypeOf<NonNullable<ReactorSpec['cloudStack']>>().toExtend<CloudStackConfig>();
});

test('what a Reactor says of Helm is what the Helm reactor takes', () => {
  expectTypeOf<NonNullable<ReactorSpec['helm']>>().toExtend<HelmConfig>();
});
