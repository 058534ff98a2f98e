import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of Deployments and Reactors. */
export const controllerReasons = {
  Running: { family: 'condition', summary: 'What was ordered runs.', remedy: 'Nothing to do.' },
  AwaitingAcceptance: {
    family: 'condition',
    summary: 'The award was checked and can be realised; the chain has not recorded the acceptance yet.',
    remedy: 'Nothing to do: nothing is made before the chain says Accepted.',
  },
  Creating: { family: 'condition', summary: 'It is being made.', remedy: 'Nothing to do.' },
  Starting: { family: 'condition', summary: 'It is being started.', remedy: 'Nothing to do.' },
  AwaitingHealth: {
    family: 'condition',
    summary: 'Everything was made; the workload itself is not up yet.',
    remedy: 'If it lasts, look at the workload in its backend: the message says what is awaited.',
  },
  Updating: {
    family: 'condition',
    summary: 'What runs differs from what was ordered and is being changed.',
    remedy: 'Nothing to do.',
  },
  Drifted: {
    family: 'condition',
    summary: 'What runs was changed from outside.',
    remedy: 'It is changed back. Look for who changed it: the message names what differs.',
  },
  AsOrdered: { family: 'condition', summary: 'What runs is what was ordered.', remedy: 'Nothing to do.' },
  Replacing: {
    family: 'condition',
    summary: 'What was made cannot come up and is removed before it is made again.',
    remedy: 'Look at the message: the backend says why it could not come up.',
  },
  Stopping: {
    family: 'condition',
    summary: 'The funds ran out: it is being stopped, its data kept.',
    remedy: 'Nothing to do.',
  },
  Suspended: {
    family: 'condition',
    summary: 'The funds ran out: it is stopped and its data kept until the grace is over.',
    remedy: 'The consumer tops up the subscription to have it started again.',
  },
  Paused: {
    family: 'condition',
    summary: 'A person has set spec.suspend: the operator looks and touches nothing.',
    remedy: 'Set spec.suspend to false to have it worked on again.',
  },
  Removing: {
    family: 'condition',
    summary: 'The tenure has ended: everything made for it is being removed.',
    remedy: 'Nothing to do.',
  },
  Released: {
    family: 'condition',
    summary: 'Proof was seen that nothing of the tenure is left.',
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
    summary: 'The backend answers and takes the credentials.',
    remedy: 'Nothing to do.',
  },
  EndUnconfirmed: {
    family: 'retryable',
    summary: 'The resource says Ended, and the source of the award does not confirm it: nothing is removed.',
    remedy:
      'If the chain can be reached, the next comparison puts the resource right. Otherwise see why its Provider is not Ready.',
  },
  PartlyUnseen: {
    family: 'condition',
    summary: 'Parts of what runs could not be looked at; the rest is as ordered.',
    remedy: 'The message names the parts and why. What runs is not touched for it.',
  },
  OfferMissing: {
    family: 'retryable',
    needsPerson: true,
    summary: 'The Offer of a tenure that was accepted is gone before anything was made for it.',
    remedy: 'Create the Offer again, with the Reactor that shall realise it.',
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
    remedy: 'Nothing to do if it is brief; otherwise the Offer says why the schema cannot be had.',
  },
  OrphansFound: {
    family: 'condition',
    summary:
      'The backend has things that are marked as a tenure’s and for which there is no Deployment that this operator sees.',
    remedy:
      'See that no other operator uses the same account; then remove them, or set orphans of the Reactor to Remove, by which those go whose subscription the chain no longer has.',
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof controllerReasons> {}
}
