import { type Static, Type } from 'typebox';
import type { DeepReadonly } from './resource.ts';

/**
 * The conditions of our kinds. `Ready`, `Reconciling` and `Stalled` are kstatus' contract; the latter two are
 * abnormal-true: present with status True, or absent.
 */
export type ConditionType =
  | 'Ready'
  | 'Reconciling'
  | 'Stalled'
  | 'Resolved'
  | 'Realised'
  | 'Healthy'
  | 'Drifted'
  | 'Reported'
  | 'Reachable'
  | 'Registered'
  | 'Mirrored'
  | 'TeardownHeld'
  | 'OrphansFound';

const ConditionSchema = Type.Object(
  {
    type: Type.String({
      minLength: 1,
      maxLength: 316,
      pattern: '^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$',
      description: 'What the condition is about, for instance `Ready`.',
    }),
    status: Type.Enum(['True', 'False', 'Unknown'], { description: 'Whether the condition holds.' }),
    observedGeneration: Type.Optional(
      Type.Integer({
        format: 'int64',
        minimum: 0,
        description: 'The `metadata.generation` the condition was set for.',
      }),
    ),
    lastTransitionTime: Type.String({
      format: 'date-time',
      maxLength: 64,
      description: 'When `status` last changed.',
    }),
    reason: Type.String({
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
      description: 'The reason, one word: see docs/reasons.md.',
    }),
    message: Type.String({
      maxLength: 32_768,
      description: 'A message for people: the field, its value, what was expected.',
    }),
  },
  { description: 'One statement about the object, as in every Kubernetes API.' },
);

/** One condition: metav1.Condition. */
export type Condition = DeepReadonly<Static<typeof ConditionSchema>>;

/** The list under `status.conditions`, one entry for each type. */
export const ConditionsSchema = Type.Array(ConditionSchema, {
  maxItems: 32,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  description: 'The conditions of the object, one per type. `Ready` summarises the others.',
});
