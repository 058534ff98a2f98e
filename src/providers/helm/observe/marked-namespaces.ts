import type { Marked } from '../../port.ts';
import { NAMESPACE } from '../confine/kinds.ts';
import { Annotation, Label, MANAGER } from '../release/names.ts';
import type { Cluster } from './cluster.ts';

/**
 * The namespaces made for tenures, whichever they are, by Reactors of the namespace `owner`: of those of others, only
 * others can know whether they are still wanted.
 */
export async function markedNamespaces(
  operator: Cluster,
  owner: string,
  signal: AbortSignal,
): Promise<readonly Marked[]> {
  const labelSelector = `${Label.managedBy}=${MANAGER},${Label.tenure}`;
  const { items } = await operator.list(NAMESPACE, { labelSelector }, signal);
  return items.flatMap(({ metadata: { name, annotations, deletionTimestamp } }) => {
    const marker = annotations?.[Annotation.marker];
    if (marker === undefined || annotations?.[Annotation.owner] !== owner) return [];
    const state = deletionTimestamp === undefined ? '' : ' (being removed)';
    return [{ marker, what: `namespace ${name}${state} with its release` }];
  });
}
