import type { Difference, Observation, Present } from '../../port.ts';
import type { EndpointHint } from '../chart/descriptor.ts';
import type { ApiObject } from '../cluster.ts';
import { at, textOf } from '../json-fields.ts';
import type { ReleaseHistory, ReleaseRecord } from '../release/release-record.ts';
import { endpointsOf } from './endpoints.ts';
import { podTrouble } from './readiness.ts';
import {
  type InsideSeen,
  isObjectUp,
  type ObjectFinding,
  type TenantNamespace,
  type TenantState,
} from './tenant-state.ts';

/** What an observation is compared with, from the order. */
export interface Expectation {
  /** Digest that the release must have; undefined if the order is no longer available. */
  readonly order: string | undefined;
  readonly hints: readonly EndpointHint[];
  readonly nodeAddress: string | undefined;
}

const POLL_REMOVAL_MS = 2_000;

/** The observation for the state of a tenure. Pure. */
export function observationOf(state: TenantState, expected: Expectation): Observation {
  switch (state.found) {
    case 'Nothing':
      return { kind: 'Absent' };
    case 'Terminating':
      return { kind: 'Busy', what: state.why ?? 'the namespace is being removed', pollAfterMs: POLL_REMOVAL_MS };
    case 'Namespace':
      return state.stopped ? whenStopped(state) : whenRunning(state, expected);
  }
}

function whenRunning({ walls, inside }: TenantNamespace, expected: Expectation): Present {
  switch (inside.kind) {
    case 'NoAccess':
      return partial([{ what: 'ServiceAccount', detail: 'cannot be used yet to see what is there' }, ...walls]);
    case 'Unseen':
      // Nothing is known to be missing, so nothing is corrected; stop and removal still work.
      return present({
        healthy: false,
        message: `what runs cannot be looked at: ${inside.why}`,
        differences: walls,
        unseen: [{ what: 'Release', detail: `cannot be looked at: ${inside.why}` }],
      });
    case 'Seen':
      return inside.release.good === undefined
        ? partial([notInstalled(inside.release.latest), ...walls])
        : whenInstalled(inside, inside.release.good, walls, expected);
  }
}

/** Health is that of the running revision, even if a later one failed. */
function whenInstalled(
  inside: InsideSeen,
  good: ReleaseRecord,
  walls: readonly Difference[],
  expected: Expectation,
): Present {
  const { objects, release } = inside;
  const seen = objects.filter(({ state }) => state !== 'Unseen');
  const unclear = unseen(objects);
  return present({
    ...(unclear.length > 0 && { unseen: unclear }),
    healthy: objects.every(isObjectUp) && (seen.length > 0 || objects.length === 0),
    message: summary(inside),
    differences: [...walls, ...outdated(release, good, expected), ...missing(objects), ...drifted(objects)],
    endpoints: endpointsOf(
      objects.flatMap((finding) => (finding.state === 'Seen' ? (finding.reach ?? []) : [])),
      expected.hints,
      expected.nodeAddress,
    ),
  });
}

function whenStopped({ walls, inside }: TenantNamespace): Present {
  if (inside.kind !== 'Seen') {
    // Without reading the pods there is no proof that nothing runs, so the stop continues.
    const detail = inside.kind === 'Unseen' ? `cannot be seen to be complete: ${inside.why}` : 'is under way';
    return present({
      healthy: false,
      message: 'stopping: its pods cannot be seen',
      differences: [...walls, { what: 'Stop', detail }],
    });
  }
  const left = inside.pods.filter(isActive).length;
  if (left > 0) {
    return present({
      healthy: false,
      message: `stopping: ${left} pods are left`,
      differences: [...walls, { what: 'Stop', detail: `is under way: ${left} pods are left` }],
    });
  }
  return present({
    phase: 'Stopped',
    healthy: false,
    message: 'stopped; its volumes are kept',
    differences: walls,
  });
}

function present(found: Pick<Present, 'healthy' | 'message' | 'differences'> & Partial<Present>): Present {
  return { kind: 'Present', phase: 'Running', endpoints: [], ...found };
}

function partial(differences: readonly [Difference, ...Difference[]]): Present {
  const [first, ...rest] = differences;
  const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
  return present({
    phase: 'Partial',
    healthy: false,
    message: `not installed: ${first.what} ${first.detail}${more}`,
    differences,
  });
}

/** Why no revision is running. */
function notInstalled(latest: ReleaseRecord | undefined): Difference {
  return latest === undefined ? { what: 'Release', detail: 'does not exist' } : stateOf(latest);
}

function stateOf({ revision, content }: ReleaseRecord): Difference {
  const what = `Release revision ${revision}`;
  if (content === undefined) return { what, detail: 'has a record that cannot be read' };
  const { status, description } = content;
  return { what, detail: `is ${status.slice(0, 30)}${description === '' ? '' : `: ${description.slice(0, 500)}`}` };
}

/** The differences if the running revision is not the latest one, or not the ordered one. */
function outdated({ latest }: ReleaseHistory, good: ReleaseRecord, { order }: Expectation): readonly Difference[] {
  if (latest !== undefined && latest.revision !== good.revision) return [stateOf(latest)];
  if (good.content?.status !== 'deployed') return [stateOf(good)];
  if (order === undefined || good.order === order) return [];
  return [{ what: `Release revision ${good.revision}`, detail: 'was made from another order than the present one' }];
}

function missing(objects: readonly ObjectFinding[]): readonly Difference[] {
  return objects
    .filter(({ state }) => state === 'Missing')
    .map(({ what }) => ({ what, detail: 'is in the chart and does not exist' }));
}

function drifted(objects: readonly ObjectFinding[]): readonly Difference[] {
  return objects.flatMap((finding) =>
    finding.state === 'Seen' && finding.drift.kind === 'Field'
      ? [{ what: finding.what, detail: `${finding.drift.field} is not as the chart has it` }]
      : [],
  );
}

/**
 * Objects that could not be read or compared, or are not corrected. They count neither as up nor as down, and need no
 * correction.
 */
function unseen(objects: readonly ObjectFinding[]): readonly Difference[] {
  return objects.flatMap((finding) => {
    const { what } = finding;
    if (finding.state === 'Unseen') return [{ what, detail: `could not be looked at: ${finding.why}` }];
    if (finding.state === 'Seen' && finding.drift.kind === 'Contested') {
      return [{ what, detail: `is not corrected: another writer keeps changing ${finding.drift.field}` }];
    }
    if (finding.state === 'Seen' && finding.drift.kind === 'Unknown') {
      return [{ what, detail: `could not be compared: ${finding.drift.why}` }];
    }
    return [];
  });
}

function summary(inside: InsideSeen): string {
  const { objects } = inside;
  const waiting = objects.flatMap((finding) =>
    finding.state === 'Seen' && finding.readiness.state !== 'Ready'
      ? [{ what: finding.what, why: finding.readiness.why }]
      : [],
  );
  const [first] = waiting;
  const [unclear, ...others] = unseen(objects).map(({ what, detail }) => `${what} ${detail}`);
  const doubt = unclear === undefined ? '' : `; ${unclear}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
  if (first === undefined) {
    const up = objects.filter(isObjectUp).filter(({ state }) => state !== 'Unseen').length;
    return `${up === objects.length ? `all ${up}` : `${up} of ${objects.length}`} objects are up${doubt}`;
  }
  const more = waiting.length === 1 ? '' : ` (and ${waiting.length - 1} more)`;
  const trouble = troubleOf(first.what, inside);
  return `${first.what} ${first.why}${more}${trouble === undefined ? '' : `; ${trouble}`}${doubt}`;
}

/** The problem of a pod, or Kubernetes' warning about an object without pods. */
function troubleOf(what: string, { pods, warnings }: InsideSeen): string | undefined {
  for (const pod of pods) {
    const why = podTrouble(pod);
    if (why !== undefined) return `pod ${pod.metadata.name}: ${why}`;
  }
  return warnings.findLast(({ about }) => about === what)?.words;
}

function isActive(pod: ApiObject): boolean {
  return !['Succeeded', 'Failed'].includes(textOf(at(pod, 'status', 'phase')) ?? '');
}
