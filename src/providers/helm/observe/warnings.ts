import type { ApiObject, Cluster } from '../cluster.ts';
import { EVENT } from '../confine/kinds.ts';
import { at, textOf } from '../json-fields.ts';
import { ofOneThing } from './failures.ts';

/** A warning event about an object. */
export interface Warning {
  /** `StatefulSet node` */
  readonly about: string;
  /** `FailedCreate: pods "node-0" is forbidden: …` */
  readonly words: string;
}

const MAX_WORDS = 300;

/** The warnings in a namespace, the latest last. */
export async function readWarnings(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Warning[]> {
  try {
    const { items } = await cluster.list(EVENT, { namespace, fieldSelector: 'type=Warning' }, signal);
    return items.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).map(warningOf);
  } catch (error) {
    // A provider's own role for tenants may not include events.
    ofOneThing(error);
    return [];
  }
}

/** Old clients update lastTimestamp, new ones a series. */
function timeOf(event: ApiObject): string {
  const times = [
    at(event, 'series', 'lastObservedTime'),
    at(event, 'lastTimestamp'),
    at(event, 'eventTime'),
    event.metadata.creationTimestamp,
  ];
  return times.map(textOf).find((time) => time !== undefined) ?? '';
}

function warningOf(event: ApiObject): Warning {
  const [kind, name] = [at(event, 'involvedObject', 'kind'), at(event, 'involvedObject', 'name')].map(textOf);
  const [reason, message] = [at(event, 'reason'), at(event, 'message')].map(textOf);
  return { about: `${kind} ${name}`, words: `${reason}: ${message}`.slice(0, MAX_WORDS) };
}
