import { identityOf, parseMarker, type TenureIdentity } from '../../award/identity.ts';
import type { Marked } from '../../providers/port.ts';

/** Resources in a backend of a tenure without a Deployment. */
export interface Orphan {
  readonly identity: TenureIdentity;
  /** The resources, for a person. */
  readonly what: readonly string[];
}

/**
 * The tenures that have resources in a backend but no marker in `known`, ordered by name. Pure. One survey proves
 * nothing: an award may have been realised, or a Deployment removed, while it was made.
 */
export function unknownTenures(marked: readonly Marked[], known: ReadonlySet<string>): readonly Orphan[] {
  const byMarker = Map.groupBy(
    marked.filter(({ marker }) => !known.has(marker)),
    ({ marker }) => marker,
  );
  const orphans = [...byMarker].flatMap(([marker, things]): Orphan[] => {
    const tenure = parseMarker(marker);
    return tenure === undefined ? [] : [{ identity: identityOf(tenure), what: things.map(({ what }) => what).sort() }];
  });
  return orphans.sort((a, b) => (a.identity.marker < b.identity.marker ? -1 : 1));
}

/** The orphans of `now` that were also in `before`. */
export function lasting(now: readonly Orphan[], before: readonly Orphan[]): readonly Orphan[] {
  const seen = new Set(before.map(({ identity }) => identity.marker));
  return now.filter(({ identity }) => seen.has(identity.marker));
}

/** One line for a person: the number of orphans, and the first of them by name. */
export function describeOrphans(orphans: readonly Orphan[]): string {
  const named = orphans.slice(0, 5).map(({ what }) => what.join(' and '));
  const more = orphans.length > named.length ? `; and ${orphans.length - named.length} more` : '';
  const tenures = orphans.length === 1 ? 'a tenure' : `${orphans.length} tenures`;
  return `Of ${tenures} without a Deployment there is still: ${named.join('; ')}${more}.`;
}
