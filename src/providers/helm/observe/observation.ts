import type { Difference, Endpoint, Observation, Present } from '../../port.ts';
import type { EndpointHint } from '../chart/descriptor.ts';
import { describe } from '../confine/manifest.ts';
import type { ApiObject } from './cluster.ts';
import { endpointsOf } from './endpoints.ts';
import { at, textOf } from './json-fields.ts';
import { podTrouble, readinessOf } from './readiness.ts';
import { type CellContent, type CellSurvey, type ObjectFinding, removesItself, type Survey } from './survey.ts';

/** What an order says about what should be found. */
export interface Expectation {
  /** Digest the release has to carry; undefined when the order can no longer be had. */
  readonly order: string | undefined;
  readonly hints: readonly EndpointHint[];
  readonly nodeAddress: string | undefined;
}

const POLL_REMOVAL_MS = 2_000;

/** What a survey means. Pure: same survey, same observation. */
export function observationOf(survey: Survey, expected: Expectation): Observation {
  switch (survey.found) {
    case 'Nothing':
      return { kind: 'Absent' };
    case 'Terminating':
      return { kind: 'Busy', what: survey.why ?? 'the namespace is being removed', pollAfterMs: POLL_REMOVAL_MS };
    case 'Cell':
      return survey.stopped ? whenStopped(survey, expected) : whenRunning(survey, expected);
  }
}

function whenRunning({ cell, content }: CellSurvey, expected: Expectation): Present {
  if (content === undefined) {
    return partial([{ what: 'ServiceAccount', detail: 'cannot be used yet to see what is there' }, ...cell]);
  }
  const trouble = releaseTrouble(content);
  if (trouble !== undefined) return partial([trouble, ...cell]);
  const objects = content.objects ?? [];
  const differences = [...cell, ...outdated(content, expected), ...missing(objects), ...drifted(objects)];
  const waiting = objects.flatMap(({ object, live }) => {
    if (live === undefined) return [];
    const readiness = readinessOf(object.kind, live);
    return readiness.state === 'Ready' ? [] : [{ what: describe(object), why: readiness.why }];
  });
  return {
    kind: 'Present',
    phase: 'Running',
    healthy: waiting.length === 0 && missing(objects).length === 0,
    message: summary(objects.length, waiting, content),
    differences,
    endpoints: endpoints(objects, expected),
  };
}

function whenStopped({ cell, content }: CellSurvey, expected: Expectation): Present {
  const left = (content?.pods ?? []).filter(isActive).length;
  const objects = content?.objects ?? [];
  const stopping: Difference[] = left === 0 ? [] : [{ what: 'Stop', detail: `is under way: ${left} pods are left` }];
  return {
    kind: 'Present',
    // A stop that has not finished is either gone on with or taken back.
    phase: left === 0 && content !== undefined ? 'Stopped' : 'Running',
    healthy: false,
    message: left === 0 ? 'stopped; its volumes are kept' : `stopping: ${left} pods are left`,
    differences: [...cell, ...stopping],
    endpoints: endpoints(objects, expected),
  };
}

/** Why there is no release that runs; undefined when there is one. */
function releaseTrouble({ release, objects }: CellContent): Difference | undefined {
  if (release === undefined) return { what: 'Release', detail: 'does not exist' };
  const what = `Release revision ${release.revision}`;
  if (release.content === undefined) return { what, detail: 'has a record that cannot be read' };
  const { status, description } = release.content;
  if (status === 'deployed') {
    return objects === undefined ? { what, detail: 'has a manifest that cannot be read' } : undefined;
  }
  return { what, detail: `is ${status.slice(0, 30)}${description === '' ? '' : `: ${description.slice(0, 500)}`}` };
}

function outdated({ release }: CellContent, { order }: Expectation): readonly Difference[] {
  if (order === undefined || release === undefined || release.order === order) return [];
  return [{ what: `Release revision ${release.revision}`, detail: 'was made from another order than the present one' }];
}

function missing(objects: readonly ObjectFinding[]): readonly Difference[] {
  return objects
    .filter(({ object, live }) => live === undefined && !removesItself(object))
    .map(({ object }) => ({ what: describe(object), detail: 'is in the chart and does not exist' }));
}

function drifted(objects: readonly ObjectFinding[]): readonly Difference[] {
  return objects.flatMap(({ object, drift }) =>
    drift === undefined ? [] : [{ what: describe(object), detail: `${drift} is not as the chart has it` }],
  );
}

function partial(differences: readonly [Difference, ...Difference[]]): Present {
  const [first, ...rest] = differences;
  return {
    kind: 'Present',
    phase: 'Partial',
    healthy: false,
    message: `not installed: ${first.what} ${first.detail}${rest.length > 0 ? ` (and ${rest.length} more)` : ''}`,
    differences,
    endpoints: [],
  };
}

interface Waiting {
  readonly what: string;
  readonly why: string;
}

function summary(count: number, waiting: readonly Waiting[], content: CellContent): string {
  const [first] = waiting;
  if (first === undefined) return `all ${count} objects are up`;
  const more = waiting.length === 1 ? '' : ` (and ${waiting.length - 1} more)`;
  const trouble = troubleOf(first, content);
  return `${first.what} ${first.why}${more}${trouble === undefined ? '' : `; ${trouble}`}`;
}

/** A pod that says what is wrong, or what Kubernetes says of an object that has no pods to say it. */
function troubleOf({ what }: Waiting, { pods, warnings }: CellContent): string | undefined {
  for (const pod of pods) {
    const why = podTrouble(pod);
    if (why !== undefined) return `pod ${pod.metadata.name}: ${why}`;
  }
  return warnings.findLast(({ about }) => about === what)?.words;
}

function isActive(pod: ApiObject): boolean {
  return !['Succeeded', 'Failed'].includes(textOf(at(pod, 'status', 'phase')) ?? '');
}

function endpoints(objects: readonly ObjectFinding[], { hints, nodeAddress }: Expectation): readonly Endpoint[] {
  const live = (kind: string) =>
    objects.flatMap((finding) => (finding.object.kind === kind ? (finding.live ?? []) : []));
  return endpointsOf({ services: live('Service'), ingresses: live('Ingress') }, hints, nodeAddress);
}
