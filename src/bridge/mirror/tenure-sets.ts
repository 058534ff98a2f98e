import type { Desired } from '../../award/source.ts';
import type { MirrorIndex } from './mirror-index.ts';
import { tenureKey } from './tenure-names.ts';

/** Number of tenures that should run now. */
export function liveTenures({ awards }: Desired): number {
  return awards.filter(({ state }) => state !== 'Ended').length;
}

/** By `tenureKey`; `all` if it is not known which ones they are. */
export function unreadableKeys({ unreadable }: Desired): ReadonlySet<string> | 'all' {
  const keys = new Set<string>();
  for (const { tenure } of unreadable) {
    if (tenure === undefined) return 'all';
    keys.add(tenureKey(`${tenure.subscription}`, tenure.tenure));
  }
  return keys;
}

/** Teardowns that began before this process did, of tenures for which something had been created. */
export function endingNow({ tenures }: MirrorIndex): readonly string[] {
  return [...tenures.values()]
    .flat()
    .filter(({ spec, status }) => {
      const { realisation } = status;
      return spec.state === 'Ended' && (realisation?.since ?? realisation?.intent) !== undefined;
    })
    .map(({ metadata }) => metadata.name);
}

/** Number of tenures that still depend on a Provider: listed by the source, or not yet removed from the cluster. */
export function waitingTenures({ awards, unreadable }: Desired, { tenures }: MirrorIndex): number {
  const keys = new Set(tenures.keys());
  for (const { subscription, tenure } of awards) keys.add(tenureKey(`${subscription}`, tenure));
  return keys.size + unreadable.length;
}
