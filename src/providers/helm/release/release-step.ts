import type { ReleaseHistory, ReleaseRecord } from './release-record.ts';

/** The next step of a release. */
export type ReleaseStep =
  | { readonly do: 'Rest' }
  | { readonly do: 'Install' }
  | { readonly do: 'Upgrade'; readonly from: number }
  /** Applies the installed revision again. */
  | { readonly do: 'Reapply'; readonly revision: number }
  /** Removes a record that blocks helm, then decides again. */
  | { readonly do: 'Discard'; readonly record: ReleaseRecord };

/**
 * Decides the next step from a release to an order. Pure.
 *
 * A `pending-` revision means that its helm was killed: only one operator runs at a time, with one step per tenure, and
 * helm dies with its operator. Such a revision makes helm refuse every further command ("another operation is in
 * progress"). So does a record that cannot be read, or one of an uninstall, which we never run. Without the record, the
 * release is in its previous state again. An install or upgrade then adopts the objects that the killed helm created,
 * because they have the release's name.
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
