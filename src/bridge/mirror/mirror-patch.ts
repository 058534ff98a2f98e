import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta } from '../../base/kube-object.ts';

/** The part of an object the bridge owns. */
export interface Mirrored<Spec> {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Spec;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields of a mirrored spec that belong to people. */
const FIELDS_OF_OTHERS: ReadonlySet<string> = new Set(['suspend']);

/**
 * The JSON merge patch that updates the labels and fields the bridge owns; undefined if they are up to date. Labels and
 * fields of others are not touched. Pure.
 */
export function mirrorPatch(
  before: { readonly metadata: Pick<ObjectMeta, 'labels'>; readonly spec: object },
  { labels, spec }: Mirrored<object>,
): object | undefined {
  const changedLabels = difference(before.metadata.labels ?? {}, labels, () => true);
  const changedSpec = difference(before.spec as Fields, spec as Fields, (field) => FIELDS_OF_OTHERS.has(field));
  if (changedLabels === undefined && changedSpec === undefined) return undefined;
  return {
    ...(changedLabels && { metadata: { labels: changedLabels } }),
    ...(changedSpec && { spec: changedSpec }),
  };
}

/** The patch that turns `left` into `right`, with null for removed fields; undefined if they are equal. */
function difference(left: Fields, right: Fields, isOfOthers: (field: string) => boolean): Fields | undefined {
  let patch: Record<string, unknown> | undefined;
  for (const field in right) {
    // Most values are identical, which avoids ten thousand deep comparisons in a row.
    if (left[field] === right[field]) continue;
    const change = changeOf(left[field], right[field]);
    if (change !== undefined) patch = { ...patch, [field]: change };
  }
  for (const field in left) {
    if (right[field] !== undefined || left[field] === undefined || isOfOthers(field)) continue;
    patch = { ...patch, [field]: null };
  }
  return patch;
}

function changeOf(left: unknown, right: unknown): unknown {
  if (isFields(left) && isFields(right)) return difference(left, right, () => false);
  return isDeepStrictEqual(left, right) ? undefined : right;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
