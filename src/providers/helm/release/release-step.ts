import type { ReleaseHistory, ReleaseRecord } from './release-record.ts';

/** The one thing to do with a release next. */
export type ReleaseStep =
  | { readonly do: 'Rest' }
  | { readonly do: 'Install' }
  | { readonly do: 'Upgrade'; readonly from: number }
  /** Apply again what is installed. */
  | { readonly do: 'Reapply'; readonly revision: number }
  /** Remove a record that stands in helm's way, then look again. */
  | { readonly do: 'Discard'; readonly record: ReleaseRecord };

/**
 * What brings a release to an order. Pure.
 *
 * A `pending-` revision is one whose helm was killed: there is one operator at a time, it has one step under way for a
 * tenure, and a helm dies with its operator. Helm refuses every further command because of it ("another operation is in
 * progress"). A record that cannot be read, or of an uninstall that we never run, is no better. Without that one record
 * the release is again what it was before, and install and upgrade adopt the objects that the dead helm has made, because
 * they carry the release's name.
 */
export function nextReleaseStep(
  { latest }: Pick<ReleaseHistory, 'latest'>,
  wantedOrder: string,
  drifted: boolean,
): ReleaseStep {
  if (latest === undefined) return { do: 'Install' };
  switch (latest.content?.status) {
    case 'deployed':
      if (latest.order !== wantedOrder) return { do: 'Upgrade', from: latest.revision };
      return drifted ? { do: 'Reapply', revision: latest.revision } : { do: 'Rest' };
    case 'failed':
    case 'superseded':
      return { do: 'Upgrade', from: latest.revision };
    default:
      return { do: 'Discard', record: latest };
  }
}
