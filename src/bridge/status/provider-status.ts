import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import type { Provider, ProviderStatus } from '../../api/provider.ts';
import type { Reason } from '../../errors/catalogue.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { TeardownRecord } from '../safeguards/teardown-budget.ts';

/** What is known of a Provider. */
export interface ProviderFacts {
  /** Why its chain or its keys cannot be used, undefined while they can. */
  readonly problem: { readonly reason: Reason; readonly message: string } | undefined;
  /** Address that signs, once its Secret was read. */
  readonly account: string | undefined;
  /** Number on chain, once registered. */
  readonly providerId: number | undefined;
  readonly genesis: string | undefined;
  /** The block up to which the mirror is in step. */
  readonly block: BlockRef | undefined;
  /** True when this turn changed the mirror: only then does the cursor move. */
  readonly moved: boolean;
  readonly counts: { readonly tenures: number; readonly ready: number } | undefined;
  /** True when the chain says of the provider what its resource says. */
  readonly inStep: boolean;
  /** The chain's name for why it refused a call about the provider. */
  readonly refusal: string | undefined;
  /** Teardowns that began within the last hour, if any. */
  readonly teardowns: TeardownRecord | undefined;
  /** Deployments whose teardown waits for a person, undefined when that is not known. */
  readonly held: readonly string[] | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * The status of a Provider. Pure. The block in it moves only when the mirror has changed, and so is both a cursor and
 * no reason for a write at rest.
 */
export function providerStatus({ metadata, spec, status }: Provider, facts: ProviderFacts): ProviderStatus {
  const ready = readiness(facts);
  const statements: Statement[] = [
    { type: 'Ready', ...ready },
    { type: 'Reconciling', ...ready, status: ready.status === 'True' ? undefined : 'True' },
    ...(facts.held === undefined ? [] : [heldStatement(spec, facts.held)]),
  ];
  const account = facts.account ?? status.account;
  const providerId = facts.providerId ?? status.providerId;
  const counts = facts.counts ?? status.counts;
  const chain = chainPart(status, facts);
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statements, metadata.generation, facts.now),
    ...(account !== undefined && { account }),
    ...(providerId !== undefined && { providerId }),
    ...(counts !== undefined && { counts }),
    ...(chain !== undefined && { chain }),
    ...(facts.teardowns !== undefined && { teardowns: facts.teardowns }),
  };
}

/** The status of a Provider of which nothing is known but what is wrong: the rest stays as it was. */
export function problemStatus(
  provider: Provider,
  { code, message }: DinfraError,
  account: string | undefined,
  now: number,
): ProviderStatus {
  return providerStatus(provider, {
    problem: { reason: code, message },
    account,
    providerId: undefined,
    genesis: undefined,
    block: undefined,
    moved: false,
    counts: undefined,
    inStep: false,
    refusal: undefined,
    teardowns: provider.status.teardowns,
    held: undefined,
    now,
  });
}

function chainPart(before: ProviderStatus, { genesis, block, moved }: ProviderFacts): ProviderStatus['chain'] {
  const genesisHash = genesis ?? before.chain?.genesisHash;
  if (genesisHash === undefined) return undefined;
  const known = before.chain?.finalized;
  const finalized = block !== undefined && (moved || known === undefined) ? block : known;
  return { genesisHash, ...(finalized && { finalized: { number: finalized.number, hash: finalized.hash } }) };
}

function readiness(facts: ProviderFacts): Pick<Statement, 'reason' | 'message'> & { status: 'True' | 'False' } {
  if (facts.problem !== undefined) return { status: 'False', ...facts.problem };
  if (facts.refusal !== undefined) {
    return { status: 'False', reason: 'CallRefused', message: `The chain refused a call: ${facts.refusal}.` };
  }
  if (!facts.inStep) return { status: 'False', reason: 'Registering', message: 'Telling the chain of the provider.' };
  const { length } = facts.held ?? [];
  const waiting = length === 0 ? '' : ` ${teardownsWaiting(length)} for a person: see the condition TeardownHeld.`;
  return { status: 'True', reason: 'Registered', message: `Provider ${facts.providerId} on chain.${waiting}` };
}

function heldStatement({ teardown }: Provider['spec'], held: readonly string[]): Statement {
  const named = held.slice(0, 5).join(', ');
  const more = held.length > 5 ? ` and ${held.length - 5} more` : '';
  return {
    type: 'TeardownHeld',
    status: held.length > 0 ? 'True' : undefined,
    reason: 'TeardownHeld',
    message: `${teardownsWaiting(held.length)}, as spec.teardown.maxPerHour is ${teardown.maxPerHour}: ${named}${more}. Look at them, then set spec.teardown.approvedUntil to let them go on.`,
  };
}

/** `3 teardowns wait`. */
export function teardownsWaiting(count: number): string {
  return count === 1 ? '1 teardown waits' : `${count} teardowns wait`;
}
