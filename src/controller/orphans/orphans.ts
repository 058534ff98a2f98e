import { identityOf, parseMarker, type TenureIdentity } from '../../award/identity.ts';
import type { Marked } from '../../providers/port.ts';

/** What is left in a backend of a tenure that nobody here knows of. */
export interface Orphan {
  readonly identity: TenureIdentity;
  /** What there is of it, for a person. */
  readonly what: readonly string[];
}

/**
 * The tenures of which a backend has something and `known` has no marker, ordered by name. Pure. One survey proves
 * nothing: an award may have been realised, or a Deployment have gone, while it was made.
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

/** Those of `now` that were there `before`, too. */
export function lasting(now: readonly Orphan[], before: readonly Orphan[]): readonly Orphan[] {
  const seen = new Set(before.map(({ identity }) => identity.marker));
  return now.filter(({ identity }) => seen.has(identity.marker));
}

/** One line for a person: how many there are and what the first of them are. */
export function describeOrphans(orphans: readonly Orphan[]): string {
  const named = orphans.slice(0, 5).map(({ what }) => what.join(' and '));
  const more = orphans.length > named.length ? `; and ${orphans.length - named.length} more` : '';
  const tenures = orphans.length === 1 ? 'a tenure' : `${orphans.length} tenures`;
  return `Of ${tenures} without a Deployment there is still: ${named.join('; ')}${more}.`;
}
