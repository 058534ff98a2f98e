import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of Deployments and Reactors. */
export const controllerReasons = {
  Running: { family: 'condition', summary: 'What was ordered runs.', remedy: 'Nothing to do.' },
  AwaitingAcceptance: {
    family: 'condition',
    summary: 'The order was validated and can be realised; the chain has not recorded the acceptance yet.',
    remedy: 'Nothing to do: nothing is created before the chain says Accepted.',
  },
  Creating: { family: 'condition', summary: 'The workload is being created.', remedy: 'Nothing to do.' },
  Starting: { family: 'condition', summary: 'The workload is being started.', remedy: 'Nothing to do.' },
  AwaitingHealth: {
    family: 'condition',
    summary: 'Everything was created; the workload itself is not up yet.',
    remedy: 'If it persists, look at the workload in its backend: the message says what is awaited.',
  },
  Updating: {
    family: 'condition',
    summary: 'What runs differs from what was ordered and is being changed.',
    remedy: 'Nothing to do.',
  },
  Drifted: {
    family: 'condition',
    summary: 'What runs was changed from outside.',
    remedy: 'Nothing to do: it is changed back. The message names what differs; find out who changed it.',
  },
  AsOrdered: { family: 'condition', summary: 'What runs is what was ordered.', remedy: 'Nothing to do.' },
  Replacing: {
    family: 'condition',
    summary: 'The workload cannot come up: it is removed and created again.',
    remedy: 'See the message for why it could not come up.',
  },
  Stopping: {
    family: 'condition',
    summary: 'The funds ran out: the workload is being stopped, its data is kept.',
    remedy: 'Nothing to do.',
  },
  Suspended: {
    family: 'condition',
    summary: 'The funds ran out: the workload is stopped, its data is kept until the end of the grace period.',
    remedy: 'The consumer tops up the subscription to start it again.',
  },
  Paused: {
    family: 'condition',
    summary: 'A person has set spec.suspend: the operator observes the workload and does not touch it.',
    remedy: 'Set spec.suspend to false to let the operator continue.',
  },
  Removing: {
    family: 'condition',
    summary: 'The tenure has ended: everything created for it is being removed.',
    remedy: 'Nothing to do.',
  },
  Released: {
    family: 'condition',
    summary: 'It is proven that nothing of the tenure is left.',
    remedy: 'Nothing to do.',
  },
  Absent: { family: 'condition', summary: 'Nothing was made yet.', remedy: 'Nothing to do.' },
  DescriptorVerified: {
    family: 'condition',
    summary: 'The descriptor was fetched, matches its hash and its schema, and can be realised.',
    remedy: 'Nothing to do.',
  },
  DescriptorTypeNotOffered: {
    family: 'terminal',
    summary: 'This provider has no Offer for the descriptor type.',
    remedy: 'Create an Offer for the type, or withdraw it on chain.',
    chainCode: 10_007,
  },
  ReactorReachable: {
    family: 'condition',
    summary: 'The backend answers and accepts the credentials.',
    remedy: 'Nothing to do.',
  },
  EndUnconfirmed: {
    family: 'retryable',
    summary: 'The resource says Ended, and the source of the award does not confirm it: nothing is removed.',
    remedy:
      'If the chain can be reached, the next comparison corrects the resource. Otherwise see why its Provider is not Ready.',
  },
  PartlyUnseen: {
    family: 'condition',
    summary: 'Parts of the workload could not be observed; the rest is as ordered.',
    remedy: 'The message names the parts and why. The workload is not touched because of it.',
  },
  OfferMissing: {
    family: 'retryable',
    needsPerson: true,
    summary: 'The Offer of an accepted tenure was deleted before anything was created for it.',
    remedy: 'Create the Offer again, with the Reactor that should realise the tenure.',
  },
  ReactorMissing: {
    family: 'retryable',
    needsPerson: true,
    summary: 'The Reactor that the Offer names, or that realised the tenure, does not exist.',
    remedy: 'Create the Reactor, or correct spec.reactorRef of the Offer.',
  },
  ReactorCredentialsMissing: {
    family: 'retryable',
    needsPerson: true,
    summary: 'The Secret with the credentials of a Reactor is missing or incomplete.',
    remedy: 'Create the Secret with the keys the message names.',
  },
  DescriptorTypePending: {
    family: 'retryable',
    summary: 'The schema of the descriptor type is not mirrored in the cluster yet.',
    remedy: 'Nothing to do if it is brief; otherwise the status of the Offer says why the schema cannot be fetched.',
  },
  OrphansFound: {
    family: 'condition',
    summary: 'The backend has resources that are marked as a tenure’s, and this operator sees no Deployment for them.',
    remedy:
      'Check that no other operator uses the same account; then remove them, or set orphans of the Reactor to Remove, which removes those whose subscription has ended on chain.',
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof controllerReasons> {}
}
