import { createHash } from 'node:crypto';

/** One award of one subscription on one chain. Never reused: everything realised for it is named after it. */
export interface Tenure {
  /** Genesis hash of the chain, `0x` and 64 lower-case hex digits. */
  readonly genesis: string;
  /** Subscription id on that chain. */
  readonly subscription: bigint;
  /** 1 for the first award, incremented for each further one. */
  readonly tenure: number;
  /**
   * The part, when several Deployments realise the award: an RFC 1123 label of at most 20 characters. Undefined for an
   * award that is realised by one Deployment.
   */
  readonly part?: string;
}

/** The names by which everything of one tenure is created and found again. A pure function of the tenure. */
export interface TenureIdentity {
  readonly tenure: Tenure;
  /**
   * RFC 1123 label of at most 49 characters, starting with a letter: the name of the Deployment, the namespace, the
   * release and the VM.
   */
  readonly name: string;
  /** The full tenure, for exact comparison wherever a backend can store it (tag, label, annotation). */
  readonly marker: string;
}

/** The identity of a tenure. */
export function identityOf(tenure: Tenure): TenureIdentity {
  return {
    tenure,
    name: nameOf(tenure),
    marker: markerOf(tenure),
  };
}

function nameOf({ genesis, subscription, tenure, part }: Tenure): string {
  // The part goes into the digest: a label has no room for it beside the largest numbers.
  return `dinfra-${subscription}-${tenure}-${digest(part === undefined ? genesis : `${genesis}/${part}`)}`;
}

/** `dinfra:<genesis>:<subscription>:<tenure>`, and `:<part>` when there are several. */
function markerOf({ genesis, subscription, tenure, part }: Tenure): string {
  const whole = `dinfra:${genesis}:${subscription}:${tenure}`;
  return part === undefined ? whole : `${whole}:${part}`;
}

/** The tenure of a marker, or undefined when the marker is not ours. */
export function parseMarker(marker: string): Tenure | undefined {
  const match =
    /^dinfra:(0x[0-9a-f]{64}):(0|[1-9][0-9]{0,19}):([1-9][0-9]{0,9})(?::([a-z0-9](?:[-a-z0-9]{0,18}[a-z0-9])?))?$/.exec(
      marker,
    );
  const [, genesis, subscription, tenure, part] = match ?? [];
  if (genesis === undefined || subscription === undefined || tenure === undefined) return undefined;
  return { genesis, subscription: BigInt(subscription), tenure: Number(tenure), ...(part !== undefined && { part }) };
}

/**
 * The name of the Subscription resource that mirrors an agreement for one provider. It includes the provider because two
 * providers of one chain may share a namespace, and a subscription can move from one to the other.
 */
export function subscriptionName(genesis: string, provider: number, subscription: bigint): string {
  return `dinfra-${subscription}-${digest(`${genesis}/${provider}`)}`;
}

/** The name of the DescriptorType resource of an on-chain type: readable, and different for each chain. */
export function descriptorTypeName(genesis: string, type: string): string {
  const slug = type
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${slug === '' ? 'type' : slug}-${digest(`${genesis}/${type}`)}`;
}

/** Ten hex digits: 40 bits, enough to tell a cluster's chains apart. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
