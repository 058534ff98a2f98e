import type { Condition } from '../../api/condition.ts';
import { conditionsAfter, type Statement, timestampOf } from '../../api/conditions.ts';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { type DinfraError, RetryableError, withHint } from '../../errors/dinfra-error.ts';
import type { Present, Step } from '../../providers/port.ts';
import { factsAfter, wasRealised } from './facts.ts';
import type { Action, Found, OrderFact } from './next-action.ts';

/** What the operator thinks of a descriptor the consumer wants next. */
export type UpdateVerdict = NonNullable<DeploymentStatus['update']>;

/** One pass, as it went. */
export interface Pass {
  readonly order: OrderFact;
  readonly found: Found;
  readonly action: Action;
  /** What the action did; undefined when it was none of the reactor's. */
  readonly step: Step | undefined;
  /** What went wrong while looking or acting. */
  readonly failure: DinfraError | undefined;
  readonly update: UpdateVerdict | undefined;
  readonly reactor: { readonly name: string; readonly kind: string } | undefined;
  /** Name of everything made for the tenure in its backend. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Between 0 and 1, for the jitter of a retry. */
  readonly random: number;
}

/** Retries wait 2 s, doubled each time, at most 5 minutes; what only a person can mend is looked at as seldom. */
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 300_000;
/** What is not accepted within the chain's deadline is given to somebody else: it is tried more often. */
const RETRY_AWARDED_MAX_MS = 30_000;

/** The status of a Deployment after a pass. Pure; the only writer of `Ready`, `Reconciling` and `Stalled`. */
export function summarize(deployment: Deployment, pass: Pass): DeploymentStatus {
  const previous = deployment.status;
  const ready = readiness(deployment, pass);
  const statements = [
    ready.statement,
    {
      type: 'Reconciling',
      status: ready.busy ? 'True' : undefined,
      reason: ready.statement.reason,
      message: ready.statement.message,
    },
    {
      type: 'Stalled',
      status: ready.stalled ? 'True' : undefined,
      reason: ready.statement.reason,
      message: ready.statement.message,
    },
    ...domainStatements(deployment, pass),
  ] as const satisfies readonly Statement[];
  // Reported is the bridge's: applying it here would take it over.
  const ours = previous.conditions?.filter(({ type }) => type !== 'Reported');
  const conditions = conditionsAfter(ours, statements, deployment.metadata.generation, pass.now);
  const told = conditions.find(({ type }) => type === 'Ready');
  const { found } = pass;
  return {
    observedGeneration: deployment.metadata.generation,
    conditions,
    ...(told && { message: told.message }),
    ...(found.kind === 'Present' && { endpoints: found.endpoints }),
    ...(keepsEndpoints(found) && previous.endpoints && { endpoints: previous.endpoints }),
    ...(told && { lastTransitionTime: told.lastTransitionTime }),
    facts: factsAfter(deployment, {
      order: pass.order,
      found,
      hindrance: hindranceOf(pass),
      released: pass.action.do === 'confirmReleased',
      now: pass.now,
    }),
    ...(pass.update && { update: pass.update }),
    realisation: realisationAfter(deployment, pass),
  };
}

/** True while the next attempt has to wait, as the status says, and the spec has not changed since. */
export function backsOff({ metadata, status }: Deployment, now: number): number | undefined {
  const retryAfter = status.realisation?.retryAfter;
  if (retryAfter === undefined || status.observedGeneration !== metadata.generation) return undefined;
  const waitMs = Date.parse(retryAfter) - now;
  return waitMs > 0 ? waitMs : undefined;
}

/** Why it does not go on, undefined when nothing is in its way. */
function hindranceOf({ failure, action, order }: Pass): string | undefined {
  if (failure !== undefined) return failure.code;
  if (action.do === 'retry' || action.do === 'stall') return action.reason;
  return order.kind === 'Unknown' || order.kind === 'Impossible' ? order.reason : undefined;
}

function keepsEndpoints(found: Found): boolean {
  return found.kind === 'Unknown' || found.kind === 'Busy';
}

interface Readiness {
  readonly statement: Statement;
  readonly busy: boolean;
  readonly stalled: boolean;
}

function readiness(deployment: Deployment, pass: Pass): Readiness {
  const { failure, action, found } = pass;
  if (failure !== undefined) return afterFailure(failure);
  if (deployment.spec.suspend === true && action.do !== 'confirmReleased') {
    return settled('False', 'Paused', `spec.suspend is true: ${describe(found)}`);
  }
  switch (action.do) {
    case 'rest':
      return atRest(deployment, found);
    case 'awaitAcceptance':
      return busy(
        'AwaitingAcceptance',
        'The descriptor can be realised; waiting for the chain to record the acceptance.',
      );
    case 'create':
      return busy('Creating', pass.step?.message ?? 'Creating.');
    case 'lookAgain':
      return busy('Creating', 'A create was sent; looking for what it made.');
    case 'update':
      return busy(
        wasRealised(deployment) ? 'Updating' : 'Creating',
        withDifferences(pass.step?.message ?? 'Updating', action.found),
      );
    case 'start':
      return busy('Starting', pass.step?.message ?? 'Starting.');
    case 'stop':
      return busy('Stopping', pass.step?.message ?? 'Stopping; data is kept.');
    case 'remove':
      return busy(
        action.again ? 'Replacing' : 'Removing',
        action.again ? action.found.message : (pass.step?.message ?? 'Removing.'),
      );
    case 'poll':
      return busy(busyReason(deployment), action.what);
    case 'retry':
      return {
        statement: { type: 'Ready', status: 'Unknown', reason: action.reason, message: action.message },
        busy: true,
        stalled: false,
      };
    case 'stall':
      return stalledBy(action.reason, action.message);
    case 'confirmReleased':
      return settled('False', 'Released', 'Nothing of this tenure is left.');
  }
}

function afterFailure(failure: DinfraError): Readiness {
  const message = withHint(failure);
  if (failure.family !== 'retryable') return stalledBy(failure.code, message);
  return { statement: { type: 'Ready', status: 'Unknown', reason: failure.code, message }, busy: true, stalled: false };
}

function atRest(deployment: Deployment, found: Found): Readiness {
  if (found.kind !== 'Present' || found.phase !== 'Running') {
    return settled('False', 'Suspended', 'The funds ran out: it is stopped and its data kept until the grace is over.');
  }
  if (found.healthy) return settled('True', 'Running', found.message);
  const wasReady = deployment.status.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'Running');
  return busy('AwaitingHealth', wasReady ? `It was up and no longer is: ${found.message}` : found.message);
}

function busyReason(deployment: Deployment): Reason {
  const { spec, status } = deployment;
  if (spec.state === 'Ended') return 'Removing';
  if (spec.state === 'Suspended') return 'Stopping';
  if (readyOf(status)?.reason === 'Starting') return 'Starting';
  return wasRealised(deployment) ? 'Updating' : 'Creating';
}

function busy(reason: Reason, message: string): Readiness {
  return { statement: { type: 'Ready', status: 'False', reason, message }, busy: true, stalled: false };
}

function settled(status: 'True' | 'False', reason: Reason, message: string): Readiness {
  return { statement: { type: 'Ready', status, reason, message }, busy: false, stalled: false };
}

function stalledBy(reason: Reason, message: string): Readiness {
  return { statement: { type: 'Ready', status: 'False', reason, message }, busy: false, stalled: true };
}

/** Resolved, Realised, Healthy, Drifted: each says what is known, and keeps still about what was not looked at. */
function domainStatements(deployment: Deployment, pass: Pass): Statement[] {
  const { found } = pass;
  const statements: Statement[] = [];
  if (pass.order.kind !== 'NotNeeded') statements.push(resolvedStatement(pass.order));
  if (found.kind === 'Unknown') {
    statements.push({ type: 'Realised', status: 'Unknown', reason: found.reason, message: found.message });
    statements.push({ type: 'Healthy', status: 'Unknown', reason: found.reason, message: found.message });
    return statements;
  }
  statements.push(realisedStatement(pass));
  if (found.kind === 'Absent') statements.push({ type: 'Healthy', status: undefined, reason: 'Absent', message: '' });
  if (found.kind === 'Present') statements.push(...presentStatements(deployment, found));
  return statements;
}

function resolvedStatement(order: Exclude<OrderFact, { kind: 'NotNeeded' }>): Statement {
  if (order.kind === 'Realisable') {
    return {
      type: 'Resolved',
      status: 'True',
      reason: 'DescriptorVerified',
      message: 'The descriptor matches its hash and schema and can be realised.',
    };
  }
  return {
    type: 'Resolved',
    status: order.kind === 'Impossible' ? 'False' : 'Unknown',
    reason: order.reason,
    message: order.message,
  };
}

function realisedStatement({ found, action }: Pass): Statement {
  if (action.do === 'confirmReleased') {
    return { type: 'Realised', status: 'False', reason: 'Released', message: 'Nothing of this tenure is left.' };
  }
  if (found.kind === 'Present' && found.phase === 'Running' && found.differences.length === 0) {
    return { type: 'Realised', status: 'True', reason: 'AsOrdered', message: 'Everything was made as ordered.' };
  }
  return {
    type: 'Realised',
    status: 'False',
    reason: found.kind === 'Absent' ? 'Absent' : 'Updating',
    message: describe(found),
  };
}

function presentStatements(deployment: Deployment, found: Present): Statement[] {
  const realised = deployment.status.conditions?.find(({ type }) => type === 'Realised');
  const known = deployment.status.conditions?.some(({ type }) => type === 'Drifted') === true;
  // Only what had been as ordered can have drifted; a first realisation that is under way has not.
  const drifted = found.differences.length > 0 && (realised?.status === 'True' || known);
  return [
    {
      type: 'Healthy',
      status: found.healthy ? 'True' : 'False',
      reason: found.healthy ? 'Running' : 'AwaitingHealth',
      message: found.message,
    },
    {
      type: 'Drifted',
      status: drifted ? 'True' : undefined,
      reason: 'Drifted',
      message: withDifferences('Changed from outside', found),
    },
  ];
}

function realisationAfter(deployment: Deployment, pass: Pass): NonNullable<DeploymentStatus['realisation']> {
  const { now, found, step, action } = pass;
  const before = deployment.status.realisation ?? {};
  const memo =
    step?.memo ?? (found.kind === 'Present' || found.kind === 'Busy' ? found.memo : undefined) ?? before.memo;
  const intent = found.kind === 'Present' || action.do === 'confirmReleased' ? undefined : before.intent;
  const since = before.since ?? (found.kind === 'Present' || action.do === 'create' ? timestampOf(now) : undefined);
  const reactor = before.reactor ?? pass.reactor;
  const hash =
    pass.order.kind === 'Realisable' && action.do === 'rest' ? deployment.spec.descriptor.hash : before.descriptorHash;
  return {
    name: pass.name,
    ...(reactor && { reactor }),
    ...(hash && { descriptorHash: hash }),
    ...(intent && { intent }),
    // Of an empty object server-side apply makes null when it takes the last field out of it.
    ...(memo && Object.keys(memo).length > 0 && action.do !== 'confirmReleased' && { memo }),
    ...(since && { since }),
    ...failuresAfter(deployment, pass),
  };
}

/** Counted in the status and not in memory: a restart must not try everything that fails at once. */
function failuresAfter({ spec, status, metadata }: Deployment, pass: Pass): { failures?: number; retryAfter?: string } {
  const { action, failure, now, random } = pass;
  const sameSpec = status.observedGeneration === metadata.generation;
  const before = sameSpec ? (status.realisation?.failures ?? 0) : 0;
  const replaced = action.do === 'remove' && action.again;
  const failed = failure !== undefined || action.do === 'retry' || replaced;
  if (failed) {
    const failures = before + 1;
    const asked = failure instanceof RetryableError ? failure.retryAfterMs : undefined;
    const final = failure !== undefined && failure.family !== 'retryable';
    const most = spec.state === 'Awarded' ? RETRY_AWARDED_MAX_MS : RETRY_MAX_MS;
    const ceiling = final ? RETRY_MAX_MS : Math.min(most, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 16));
    const waitMs = Math.min(asked ?? ceiling * (0.75 + random / 4), RETRY_MAX_MS);
    return { failures, retryAfter: timestampOf(Math.ceil((now + waitMs) / 1000) * 1000) };
  }
  // Kept until it rests: a create that succeeds and breaks again each time is still failing.
  return before > 0 && action.do !== 'rest' && action.do !== 'confirmReleased' ? { failures: before } : {};
}

function describe(found: Found): string {
  switch (found.kind) {
    case 'Absent':
      return 'Nothing was made yet.';
    case 'Busy':
      return found.what;
    default:
      return found.message;
  }
}

function withDifferences(text: string, { differences }: Present): string {
  const shown = differences.slice(0, 3).map(({ what, detail }) => `${what}: ${detail}`);
  if (shown.length === 0) return text;
  const more = differences.length > shown.length ? `; and ${differences.length - shown.length} more` : '';
  return `${text} (${shown.join('; ')}${more})`;
}

/** The `Ready` condition of a status. */
export function readyOf(status: DeploymentStatus): Condition | undefined {
  return status.conditions?.find(({ type }) => type === 'Ready');
}
