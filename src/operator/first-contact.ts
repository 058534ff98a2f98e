import type { Deployment } from '../api/deployment.ts';

/** What has been contacted since the start. */
export interface Contacts {
  /** False while a Reactor resource, by `namespace/name`, has neither been built nor found to be unusable. */
  readonly isReactorKnown: (key: string) => boolean;
  /** True once every award source has responded or failed once. */
  readonly areSourcesKnown: boolean;
}

/**
 * Whether a Deployment must wait briefly after the start because what it needs has not been contacted yet: that must not
 * count as unreachable, or every running Deployment would turn Unknown. It waits for its own reactor only, and for the
 * award sources only when it needs one: when its descriptor is not in the cluster yet or its end must be confirmed. Pure.
 */
export function awaitsFirstContact(deployment: Deployment, contacts: Contacts): boolean {
  const { metadata, spec, status } = deployment;
  const reactor = spec.reactorRef?.name ?? status.realisation?.reactor?.name;
  if (reactor !== undefined && !contacts.isReactorKnown(`${metadata.namespace}/${reactor}`)) return true;
  const needsSource = (spec.accepted ?? status.accepted) === undefined || spec.state === 'Ended';
  return needsSource && !contacts.areSourcesKnown;
}
