import type { Deployment } from '../../api/deployment.ts';

/**
 * Whether a Deployment is, or may be, realised by a Reactor, by `namespace/name`. Where somebody has edited one of the two
 * names it depends on both; without a name, in a restored cluster, on every Reactor there is until it is found. Pure.
 */
export function dependsOn({ metadata, spec, status }: Deployment, reactor: string): boolean {
  const named = [spec.reactorRef?.name, status.realisation?.reactor?.name].filter((name) => name !== undefined);
  if (named.length === 0) return reactor.startsWith(`${metadata.namespace}/`);
  return named.some((name) => reactor === `${metadata.namespace}/${name}`);
}

/** Whether a change of a Deployment may have been the last thing a Reactor waited for. Pure. */
export function stopsDepending(
  { old, now }: { readonly old: Deployment | undefined; readonly now: Deployment | undefined },
  reactor: string,
): boolean {
  return old !== undefined && dependsOn(old, reactor) && (now === undefined || !dependsOn(now, reactor));
}
