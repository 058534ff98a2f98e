import type { Deployment } from '../../api/deployment.ts';
import type { Offer } from '../../api/offer.ts';
import type { TenureIdentity } from '../../award/identity.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { Reactor } from '../../providers/port.ts';
import type { ReactorRegistry } from '../reactor/reactor-registry.ts';
import type { Stages } from './attempt.ts';

/** A reactor, under the name of its resource. */
export interface BoundReactor {
  readonly name: string;
  readonly reactor: Reactor;
}

/** The reactors of the cluster. */
export interface Reactors {
  /**
   * A Reactor of a namespace.
   *
   * @throws RetryableError ReactorMissing, or why it cannot be used at the moment.
   */
  get(namespace: string, name: string): Reactor;
  /** Names of all Reactors of a namespace, including those that cannot be used. */
  namesIn(namespace: string): readonly string[];
  /**
   * Name of the Reactor of the Offer that sells the type of a Deployment.
   *
   * @throws DinfraError when there is no such Offer.
   */
  offered(deployment: Deployment): string;
}

/** Time limit for asking all reactors of a namespace, in milliseconds. */
const SEARCH_MS = 15_000;

/**
 * The reactor of a Deployment: the one the award names. If none is named, as in a restored cluster, it is the one that
 * has resources of the tenure. The Offer chooses one only after every reactor has proven that it has none.
 *
 * @throws DinfraError if that cannot be determined now: then nothing may be created.
 */
export async function chooseReactor(
  deployment: Deployment,
  identity: TenureIdentity,
  reactors: Reactors,
  stages: Stages,
): Promise<BoundReactor> {
  const namespace = deployment.metadata.namespace ?? '';
  const named = deployment.spec.reactorRef?.name;
  const recorded = deployment.status.realisation?.reactor?.name;
  const boundTo = (name: string): BoundReactor => ({ name, reactor: reactors.get(namespace, name) });
  if (deployment.spec.state === 'Awarded') return boundTo(named ?? reactors.offered(deployment));
  const agreed = named === undefined || recorded === undefined || named === recorded;
  if (agreed && (named ?? recorded) !== undefined) return boundTo(named ?? recorded ?? '');

  // Spec and status name no reactor, or different ones after an edit by hand: ask the reactors.
  const candidates = named === undefined ? reactors.namesIn(namespace) : [named, recorded ?? named];
  const holder = await findHolder(candidates, boundTo, identity, stages);
  return holder ?? boundTo(named ?? chosenAnew(deployment, candidates, reactors));
}

/** The one reactor that has resources of a tenure; undefined if it is proven that none has. */
async function findHolder(
  candidates: readonly string[],
  boundTo: (name: string) => BoundReactor,
  identity: TenureIdentity,
  stages: Stages,
): Promise<BoundReactor | undefined> {
  const answers = await Promise.all(
    candidates.map((name) =>
      stages.attempt(
        `looking for it in Reactor ${name}`,
        async (signal) => {
          const bound = boundTo(name);
          const found = await bound.reactor.observe(identity, undefined, undefined, signal);
          return { bound, isHolder: found.kind !== 'Absent' };
        },
        SEARCH_MS,
      ),
    ),
  );
  const holder = answers.find(({ value }) => value?.isHolder);
  if (holder?.value !== undefined) return holder.value.bound;
  const silent = answers.find(({ failure }) => failure !== undefined);
  if (silent?.failure !== undefined) throw silent.failure;
  return undefined;
}

/** The reactor for a tenure of which nothing exists. */
function chosenAnew(deployment: Deployment, candidates: readonly string[], reactors: Reactors): string {
  // Nothing is created for an ended tenure: any reactor can prove that nothing is left.
  const [any] = candidates;
  if (deployment.spec.state === 'Ended' && any !== undefined) return any;
  return reactors.offered(deployment);
}

/** The configured Reactors, and the Offers that sell them. */
export class RegisteredReactors implements Reactors {
  readonly #offers: StoreView<Offer>;
  readonly #registry: ReactorRegistry;

  constructor(offers: StoreView<Offer>, registry: ReactorRegistry) {
    this.#offers = offers;
    this.#registry = registry;
  }

  get(namespace: string, name: string): Reactor {
    return this.#registry.get(`${namespace}/${name}`);
  }

  namesIn(namespace: string): readonly string[] {
    return this.#registry.keysIn(namespace).map((key) => key.slice(namespace.length + 1));
  }

  offered({ metadata, spec }: Deployment): string {
    const { namespace } = metadata;
    const [oldest] = this.#offers
      .list()
      .filter(
        (offer) =>
          offer.metadata.namespace === namespace &&
          offer.metadata.deletionTimestamp === undefined &&
          offer.spec.providerRef.name === spec.providerRef.name &&
          offer.spec.descriptorType === spec.descriptorType,
      )
      .toSorted((a, b) => (ageOrder(a) < ageOrder(b) ? -1 : 1));
    if (oldest !== undefined) return oldest.spec.reactorRef.name;
    const message = `Provider ${spec.providerRef.name} has no Offer of type ${spec.descriptorType} in namespace ${namespace}`;
    // An accepted tenure was offered once: a missing Offer is then the provider's mistake, not the consumer's.
    if (spec.state !== 'Awarded') throw new RetryableError('OfferMissing', { message });
    throw new TerminalError('DescriptorTypeNotOffered', { message, path: '/descriptorType' });
  }
}

/** Of two Offers of one type the older one is sold, ties broken by name. */
function ageOrder({ metadata }: Offer): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}
