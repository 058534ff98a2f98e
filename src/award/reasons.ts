import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** What is reported to the award source when no layer below has a reason of its own. */
export const awardReasons = {
  Unspecified: {
    family: 'condition',
    summary: 'A provider gave up a tenure without a reason of its own.',
    remedy: 'Ask the provider.',
    chainCode: 10_000,
  },
  AwardUndecided: {
    family: 'condition',
    summary: 'It was not known whether the award can be realised shortly before its deadline, so it was declined.',
    remedy: 'Look at the Deployment and the Provider for what was in the way: a Reactor, a schema, the API server.',
    chainCode: 10_008,
  },
  ConsumerLimit: {
    family: 'condition',
    summary:
      'The consumer has as many tenures, or has had as many awards within an hour, as the provider gives to one.',
    remedy: 'End a tenure, wait, or subscribe to another provider. The provider sets spec.consumerLimits.',
    chainCode: 10_009,
  },
  WorkloadDown: {
    family: 'condition',
    summary: 'What was ordered is not up: the tenure is reported Degraded, and not paid for until it is back.',
    remedy: 'The provider looks at the Deployment.',
    chainCode: 10_300,
  },
  WorkloadUnseen: {
    family: 'condition',
    summary:
      'The backend has not answered for so long that nobody knows whether the workload is up: the tenure is reported Degraded.',
    remedy: 'The provider looks at the Reactor and its backend. It is reported recovered once it is seen up again.',
    chainCode: 10_301,
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof awardReasons> {}
}
