import type { Difference, Present } from '../../providers/port.ts';
import type { Found } from './next-action.ts';

/** How many are named; the others are only counted. */
const NAMED = 3;

/** The observed state in one line. */
export function describe(found: Found): string {
  switch (found.kind) {
    case 'Absent':
      return 'Nothing was made yet.';
    case 'Busy':
      return found.what;
    default:
      return found.message;
  }
}

/** The text, followed by the differences. */
export function withDifferences(text: string, { differences }: Present): string {
  return differences.length === 0 ? text : `${text} (${listed(differences)})`;
}

/** Things that differ or could not be observed, the first of them by name. */
export function listed(things: readonly Difference[]): string {
  const named = things.slice(0, NAMED).map(({ what, detail }) => `${what}: ${detail}`);
  const more = things.length > NAMED ? `; and ${things.length - NAMED} more` : '';
  return `${named.join('; ')}${more}`;
}
