import type { Deployment } from '../api/deployment.ts';

/** What has been reached since the start. */
export interface Contacts {
  /** False while a Reactor that exists, by `namespace/name`, has neither been made nor turned out to be unusable. */
  readonly isReactorKnown: (key: string) => boolean;
  /** True once every award source has answered or failed once. */
  readonly areSourcesKnown: boolean;
}

/**
 * Whether a Deployment waits, for a moment after the start, because what it needs was not asked yet: that must not look
 * like out of reach, or everything that runs would be reported as unknown. It waits for its own reactor only, and for the
 * award sources only when it needs one: its descriptor is not in the cluster yet, or its end has to be confirmed. Pure.
 */
export function awaitsFirstContact(deployment: Deployment, contacts: Contacts): boolean {
  const { metadata, spec, status } = deployment;
  const reactor = spec.reactorRef?.name ?? status.realisation?.reactor?.name;
  if (reactor !== undefined && !contacts.isReactorKnown(`${metadata.namespace}/${reactor}`)) return true;
  const needsSource = (spec.accepted ?? status.accepted) === undefined || spec.state === 'Ended';
  return needsSource && !contacts.areSourcesKnown;
}
