import type { Deployment } from '../api/deployment.ts';

/** What has been contacted since the start. */
export interface Contacts {
  /** False while a Reactor resource, by `namespace/name`, has neither been built nor found to be unusable. */
  readonly isReactorKnown: (key: string) => boolean;
  /** True once every award source has responded or failed once. */
  readonly areSourcesKnown: boolean;
}

/**
 * Whether a Deployment must wait briefly after the start because what it needs has not been contacted yet: that must
 * not count as unreachable, or every running Deployment would turn Unknown. It waits only for its own reactor, and for
 * the award sources only if it needs one: if its descriptor is not in the cluster yet or its end must be confirmed.
 * Pure.
 */
export function awaitsFirstContact(deployment: Deployment, contacts: Contacts): boolean {
  const { metadata, spec, status } = deployment;
  const reactor = spec.reactorRef?.name ?? status.realisation?.reactor?.name;
  if (reactor !== undefined && !contacts.isReactorKnown(`${metadata.namespace}/${reactor}`)) return true;
  const needsSource = (spec.accepted ?? status.accepted) === undefined || spec.state === 'Ended';
  return needsSource && !contacts.areSourcesKnown;
}

/**
 * Keeps Deployments that wait for first contact out of the queue: ten thousand of them polling would delay the contact
 * itself.
 */
export class FirstContactGate {
  readonly #isTooEarly: (key: string) => boolean;
  readonly #enqueue: (key: string) => void;
  readonly #waiting = new Set<string>();

  constructor(isTooEarly: (key: string) => boolean, enqueue: (key: string) => void) {
    this.#isTooEarly = isTooEarly;
    this.#enqueue = enqueue;
  }

  /** Whether a Deployment has to wait. The first `release` that finds it ready enqueues it. */
  holds(key: string): boolean {
    const isTooEarly = this.#isTooEarly(key);
    if (isTooEarly) this.#waiting.add(key);
    // Something else has enqueued it meanwhile; once is enough.
    else this.#waiting.delete(key);
    return isTooEarly;
  }

  /** Enqueues the Deployments that no longer have to wait. */
  release(): void {
    for (const key of this.#waiting) {
      if (this.#isTooEarly(key)) continue;
      this.#waiting.delete(key);
      this.#enqueue(key);
    }
  }
}
