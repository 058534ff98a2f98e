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

/** The reactors of a cluster. */
export interface Reactors {
  /**
   * A Reactor of a namespace.
   *
   * @throws RetryableError ReactorMissing, or why it cannot be used at present.
   */
  get(namespace: string, name: string): Reactor;
  /** Names of all Reactors of a namespace, whether they can be used or not. */
  namesIn(namespace: string): readonly string[];
  /**
   * Name of the Reactor of the Offer that sells what a Deployment is of.
   *
   * @throws DinfraError when there is no such Offer.
   */
  offered(deployment: Deployment): string;
}

/** How long all reactors of a namespace together may take to answer, in milliseconds. */
const SEARCH_MS = 15_000;

/**
 * The reactor of a Deployment: the one the award names. Without a name, in a cluster that was restored, the one that has
 * something of the tenure; a new one is chosen only when every reactor has proven that it has nothing.
 *
 * @throws DinfraError when that cannot be said now: then nothing may be made.
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

  // Nobody says where it is, or two sayings differ because somebody edited one of them: ask.
  const candidates = named === undefined ? reactors.namesIn(namespace) : [named, recorded ?? named];
  const holder = await findHolder(candidates, boundTo, identity, stages);
  return holder ?? boundTo(named ?? chosenAnew(deployment, candidates, reactors));
}

/** The one reactor that has something of a tenure; undefined on proof that none has. */
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

/** Where a tenure of which nothing exists is to be made. */
function chosenAnew(deployment: Deployment, candidates: readonly string[], reactors: Reactors): string {
  // Of what has ended nothing is made: any reactor can prove that nothing is left.
  const [any] = candidates;
  if (deployment.spec.state === 'Ended' && any !== undefined) return any;
  return reactors.offered(deployment);
}

/** The Reactors that are configured, and the Offers they are sold by. */
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
    // Once accepted it was offered: a missing Offer is then a mistake of the provider's, not of the consumer's.
    if (spec.state !== 'Awarded') throw new RetryableError('OfferMissing', { message });
    throw new TerminalError('DescriptorTypeNotOffered', { message, path: '/descriptorType' });
  }
}

/** Of two Offers of one type the older one is sold, and by name when they are of one second. */
function ageOrder({ metadata }: Offer): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}
