import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import type { Provider, ProviderStatus } from '../../api/provider.ts';
import type { Point } from '../../award/source.ts';
import type { Problem } from '../failures.ts';
import type { MirrorFailure } from '../mirror/mirror-writer.ts';
import type { TeardownRecord } from '../safeguards/teardown-budget.ts';
import { handledRequest, notReady, type Readiness, readyStatements } from './readiness.ts';

/** What a comparison found out about a Provider. */
export interface ProviderFacts {
  /** Why its source or its keys cannot be used; undefined while they can. */
  readonly problem: Problem | undefined;
  /** Address that signs. */
  readonly account: string;
  /** Number on chain, once registered. */
  readonly providerId: number | undefined;
  readonly genesis: string;
  /** The point that the mirror reflects. */
  readonly point: Point;
  /** True if this comparison changed the mirror, and completely: only then does the cursor move. */
  readonly moved: boolean;
  readonly counts: { readonly tenures: number; readonly ready: number };
  /** True if the registration at the source is what the resource says. */
  readonly inStep: boolean;
  /** The source's name of the error, if it refused a submission about the provider. */
  readonly refusal: string | undefined;
  readonly teardowns: TeardownRecord | undefined;
  /** Deployments whose teardown waits for a person. */
  readonly held: readonly string[];
  readonly perHour: number;
  /** False while it is not known whether the mirror is up to date. */
  readonly isMirrored: boolean;
  readonly failures: readonly MirrorFailure[];
  /** Awards that could not be decoded. */
  readonly unreadable: readonly { readonly message: string }[];
  /** The number of tenures that a Provider under deletion still waits for. */
  readonly waitsFor: number | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * The status of a Provider. Pure. The point in it moves only when the mirror has changed: so it serves as the cursor
 * and causes no writes at rest.
 */
export function providerStatus(provider: Provider, facts: ProviderFacts): ProviderStatus {
  const { status } = provider;
  const { number, hash } = facts.moved ? facts.point : (status.chain?.finalized ?? facts.point);
  const providerId = facts.providerId ?? status.providerId;
  const statements = [
    ...readyStatements(readiness(facts)),
    heldStatement(provider, facts),
    ...mirroredStatements(facts),
  ];
  return {
    ...statusWith(provider, statements, facts.now),
    account: facts.account,
    ...(providerId !== undefined && { providerId }),
    counts: facts.counts,
    chain: { genesisHash: facts.genesis, finalized: { number, hash } },
    ...(facts.teardowns !== undefined && { teardowns: facts.teardowns }),
  };
}

/** The status of a Provider when only its problem is known: everything else is kept as it was. Pure. */
export function problemStatus(
  provider: Provider,
  problem: Problem,
  account: string | undefined,
  now: number,
): ProviderStatus {
  const { status } = provider;
  const signer = account ?? status.account;
  return {
    ...statusWith(provider, readyStatements(notReady(problem)), now),
    ...(signer !== undefined && { account: signer }),
    ...(status.providerId !== undefined && { providerId: status.providerId }),
    ...(status.counts !== undefined && { counts: status.counts }),
    ...(status.chain !== undefined && { chain: status.chain }),
    ...(status.teardowns !== undefined && { teardowns: status.teardowns }),
  };
}

/** `3 teardowns wait`. */
export function teardownsWaiting(count: number): string {
  return count === 1 ? '1 teardown waits' : `${count} teardowns wait`;
}

/** The problem of a Provider that is being deleted and still has tenures. */
export function waitingForTenures(count: number): Problem {
  const tenures = count === 1 ? '1 tenure is' : `${count} tenures are`;
  return {
    reason: 'InUse',
    message: `The Provider is being deleted and waits until no tenant depends on it: ${tenures} left. Its offers are withdrawn.`,
  };
}

function statusWith({ metadata, status }: Provider, statements: readonly Statement[], now: number) {
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statements, metadata.generation, now),
    ...handledRequest(metadata),
  };
}

function readiness(facts: ProviderFacts): Readiness {
  const no = (reason: Problem['reason'], message: string) => notReady({ reason, message });
  if (facts.problem !== undefined) return notReady(facts.problem);
  if (facts.waitsFor !== undefined) return notReady(waitingForTenures(facts.waitsFor));
  if (facts.refusal !== undefined) return no('CallRefused', `The chain refused a call: ${facts.refusal}.`);
  if (!facts.inStep) return no('Registering', 'Registering the provider on chain.');
  const { length } = facts.held;
  const waiting = length === 0 ? '' : ` ${teardownsWaiting(length)} for a person: see the condition TeardownHeld.`;
  return { status: 'True', reason: 'Registered', message: `Provider ${facts.providerId} on chain.${waiting}` };
}

function heldStatement({ spec }: Provider, { held, perHour }: ProviderFacts): Statement {
  const { maxPerHour } = spec.teardown;
  const limit =
    maxPerHour === undefined ? `${perHour} may begin within an hour` : `spec.teardown.maxPerHour is ${maxPerHour}`;
  return {
    type: 'TeardownHeld',
    status: held.length > 0 ? 'True' : undefined,
    reason: 'TeardownHeld',
    message: `${teardownsWaiting(held.length)}, as ${limit}: ${listed(held)}. Look at them, then set spec.teardown.approvedUntil to let them go on.`,
  };
}

/** Which awards are not in the cluster as they should be. Unchanged while that is not known. */
function mirroredStatements({ failures, unreadable, isMirrored }: ProviderFacts): readonly Statement[] {
  const no = (reason: Statement['reason'], message: string): readonly Statement[] => [
    { type: 'Mirrored', status: 'False', reason, message },
  ];
  const [failure] = failures;
  const [award] = unreadable;
  if (failure !== undefined) {
    const objects = failures.length === 1 ? '1 object' : `${failures.length} objects`;
    const first = `${failure.kind} ${failure.name}: ${failure.error.message}`;
    return no('MirrorIncomplete', `${objects} could not be written: ${first}`);
  }
  if (award !== undefined) {
    const awards = unreadable.length === 1 ? '1 award' : `${unreadable.length} awards`;
    return no('AwardUndecodable', `cannot decode ${awards}, what runs is left as it is: ${award.message}`);
  }
  if (!isMirrored) return [];
  return [{ type: 'Mirrored', status: 'True', reason: 'MirrorComplete', message: 'Every award is in the cluster.' }];
}

function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join(', ')}${more}`;
}
