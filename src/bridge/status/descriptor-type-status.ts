import { conditionsAfter } from '../../api/conditions.ts';
import type { DescriptorType, DescriptorTypeStatus } from '../../api/descriptor-type.ts';
import type { Problem } from '../failures.ts';
import { handledRequest, notReady, readyStatements } from './readiness.ts';

/** The status of a DescriptorType. `problem` is why the chain's current version cannot be fetched or used. Pure. */
export function descriptorTypeStatus(
  { metadata, spec, status }: DescriptorType,
  problem: Problem | undefined,
  now: number,
): DescriptorTypeStatus {
  const ready =
    problem === undefined
      ? ({ status: 'True', reason: 'Registered', message: `Version ${spec.version}.` } as const)
      : notReady({ ...problem, message: `Version ${spec.version} stays in use: ${problem.message}` });
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, readyStatements(ready), metadata.generation, now),
    ...handledRequest(metadata),
  };
}
