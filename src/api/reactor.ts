import { type Static, Type } from 'typebox';
import { cloudStackBackend } from './cloud-stack-backend.ts';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import { ABSENT, lastHandledReconcileAt, rules, statusBasics, statusDefault } from './fields.ts';
import { helmBackend } from './helm-backend.ts';
import { type DeepReadonly, GROUP, type Resource, VERSION } from './resource.ts';

/** The backends, of which a Reactor has exactly one. */
const backends = { cloudStack: Type.Optional(cloudStackBackend), helm: Type.Optional(helmBackend) };
const names = Object.keys(backends);

const ReactorSpecSchema = Type.Object(
  {
    ...backends,
    orphans: Type.Optional(
      Type.Enum(['Report', 'Remove'], {
        description:
          'What happens to resources in the backend that carry a tenure’s marker and have no Deployment. `Report`: they are listed in the condition `OrphansFound`. `Remove`: those whose subscription is over for good on the chain of a Provider of this operator are removed as well. Default: `Report`.',
      }),
    ),
  },
  {
    description: 'The backend: exactly one.',
    oneOf: names.map((name) => ({
      properties: Object.fromEntries(names.filter((other) => other !== name).map((other) => [other, ABSENT])),
    })),
    ...rules({
      rule: `[${names.map((name) => `has(self.${name})`).join(', ')}].exists_one(given, given)`,
      message: `exactly one of ${names.join(', ')} must be given`,
    }),
  },
);

const ReactorStatusSchema = Type.Object(
  { ...statusBasics, lastHandledReconcileAt },
  { description: 'Whether the backend can be used.', ...statusDefault },
);

/** A backend that can realise descriptors: written by people. */
export type Reactor = Resource<'Reactor', ReactorSpec, ReactorStatus>;
export type ReactorSpec = DeepReadonly<Static<typeof ReactorSpecSchema>>;
export type ReactorStatus = DeepReadonly<Static<typeof ReactorStatusSchema>>;

export const reactorDefinition = {
  group: GROUP,
  version: VERSION,
  plural: 'reactors',
  singular: 'reactor',
  kind: 'Reactor',
  shortName: 'dreactor',
  namespaced: true,
  description: 'A backend that can realise descriptors, and how to reach it.',
  spec: ReactorSpecSchema,
  status: ReactorStatusSchema,
  columns: [
    readyColumn,
    reasonColumn,
    ageColumn,
    {
      name: 'CloudStack',
      type: 'string',
      jsonPath: '.spec.cloudStack.endpoint',
      description: 'Endpoint, when it is CloudStack.',
      priority: 1,
    },
    messageColumn,
  ],
  selectableFields: [],
} as const satisfies Definition;

/** The backend a Reactor is, as the reactors call themselves: `cloudstack` or `helm`. */
export function backendOf(spec: ReactorSpec): string {
  return (names.find((name) => name in spec) ?? '').toLowerCase();
}

/** Their address in the API. */
export const reactors = addressOf<Reactor>(reactorDefinition);
