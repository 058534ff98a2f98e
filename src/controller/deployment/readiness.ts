import type { Condition } from '../../api/condition.ts';
import type { Statement } from '../../api/conditions.ts';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { withHint } from '../../errors/dinfra-error.ts';
import { describe, withDifferences } from './describe.ts';
import { isUp, wasRealised } from './facts.ts';
import type { Found } from './next-action.ts';
import { hindranceOf, type Outcome } from './outcome.ts';

/** The state as one reason and one line. */
interface Headline {
  readonly reason: Reason;
  readonly message: string;
  /** `Busy`: it makes progress by itself. `Stalled`: a person has to change something. */
  readonly phase: 'Busy' | 'Settled' | 'Stalled';
}

/** The conditions `Ready`, `Reconciling` and `Stalled` after a reconcile. Pure. Nothing else writes them. */
export function readinessStatements(deployment: Deployment, outcome: Outcome): readonly Statement[] {
  const { reason, message, phase } = headline(deployment, outcome);
  return [
    readyStatement(deployment, outcome, { reason, message }),
    { type: 'Reconciling', status: phase === 'Busy' ? 'True' : undefined, reason, message },
    { type: 'Stalled', status: phase === 'Stalled' ? 'True' : undefined, reason, message },
  ];
}

/** The `Ready` condition of a status. */
export function readyOf(status: DeploymentStatus): Condition | undefined {
  return status.conditions?.find(({ type }) => type === 'Ready');
}

/** Ready follows the workload: the other conditions report what prevents its next change. */
function readyStatement(
  deployment: Deployment,
  outcome: Outcome,
  { reason, message }: { readonly reason: Reason; readonly message: string },
): Statement {
  const { found, action } = outcome;
  const { state } = deployment.spec;
  const isWanted = state === 'Accepted' || state === 'Active' || state === 'Degraded';
  if (isWanted && found.kind === 'Present' && isUp(deployment, found)) {
    return reason === 'Paused'
      ? { type: 'Ready', status: 'True', reason, message }
      : { type: 'Ready', status: 'True', reason: 'Running', message: found.message };
  }
  const undecided = state === 'Awarded' && (action.do === 'retry' || outcome.failure?.family === 'retryable');
  const status = found.kind === 'Unknown' || undecided ? 'Unknown' : 'False';
  return { type: 'Ready', status, reason, message };
}

function headline(deployment: Deployment, outcome: Outcome): Headline {
  const { failure, action, found } = outcome;
  if (deployment.spec.suspend === true && found.kind !== 'Unknown') {
    return settled('Paused', `spec.suspend is true, nothing is touched: ${describe(found)}`);
  }
  const hindrance = hindranceOf(outcome);
  if (failure !== undefined) return { reason: failure.code, message: withHint(failure), phase: phaseOf(hindrance) };
  switch (action.do) {
    case 'rest':
      return atRest(deployment, found);
    case 'awaitAcceptance':
      return busy(
        'AwaitingAcceptance',
        'The descriptor can be realised; waiting for the chain to record the acceptance.',
      );
    case 'create':
      return busy('Creating', outcome.step?.message ?? 'Creating.');
    case 'lookAgain':
      return busy('Creating', 'A create was sent; looking for what it made.');
    case 'update':
      return busy(
        wasRealised(deployment) ? 'Updating' : 'Creating',
        withDifferences(outcome.step?.message ?? 'Updating', action.found),
      );
    case 'start':
      return busy('Starting', outcome.step?.message ?? 'Starting.');
    case 'stop':
      return busy('Stopping', outcome.step?.message ?? 'Stopping; data is kept.');
    case 'remove':
      return action.again
        ? busy('Replacing', action.found.message)
        : busy('Removing', outcome.step?.message ?? 'Removing.');
    case 'poll':
      return busy(busyReason(deployment), action.what);
    case 'retry':
    case 'stall':
      return { reason: action.reason, message: action.message, phase: phaseOf(hindrance) };
    case 'confirmReleased':
      return settled('Released', 'Nothing of this tenure is left.');
  }
}

function atRest(deployment: Deployment, found: Found): Headline {
  if (deployment.metadata.deletionTimestamp !== undefined) {
    return busy('Removing', 'The Deployment is being deleted and its finalizer is gone: nothing is made or changed.');
  }
  if (found.kind !== 'Present' || found.phase !== 'Running') {
    return settled('Suspended', 'The funds ran out: it is stopped and its data kept until the grace is over.');
  }
  if (found.healthy) return settled('Running', found.message);
  const wasReady = readyOf(deployment.status)?.reason === 'Running';
  const wasUp = wasReady || readyOf(deployment.status)?.message.startsWith(WAS_UP) === true;
  return busy('AwaitingHealth', wasUp ? `${WAS_UP}: ${found.message}` : found.message);
}

const WAS_UP = 'It was up and no longer is';

function busyReason(deployment: Deployment): Reason {
  const { spec, status } = deployment;
  if (spec.state === 'Ended') return 'Removing';
  if (spec.state === 'Suspended') return 'Stopping';
  if (readyOf(status)?.reason === 'Starting') return 'Starting';
  return wasRealised(deployment) ? 'Updating' : 'Creating';
}

function phaseOf(hindrance: ReturnType<typeof hindranceOf>): Headline['phase'] {
  return hindrance?.needsPerson === true ? 'Stalled' : 'Busy';
}

function busy(reason: Reason, message: string): Headline {
  return { reason, message, phase: 'Busy' };
}

function settled(reason: Reason, message: string): Headline {
  return { reason, message, phase: 'Settled' };
}
