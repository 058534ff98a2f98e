import type { Deployment } from '../../api/deployment.ts';

/**
 * Whether a Deployment is, or may be, realised by a Reactor, by `namespace/name`. If the two names it has differ
 * because one was edited by hand, it depends on both; without a name, in a restored cluster, on every Reactor until it
 * is found. Pure.
 */
export function dependsOn({ metadata, spec, status }: Deployment, reactor: string): boolean {
  const named = [spec.reactorRef?.name, status.realisation?.reactor?.name].filter((name) => name !== undefined);
  if (named.length === 0) return reactor.startsWith(`${metadata.namespace}/`);
  return named.some((name) => reactor === `${metadata.namespace}/${name}`);
}

/** Whether a change of a Deployment may be the last one that the deletion of a Reactor waits for. Pure. */
export function stopsDepending(
  { old, now }: { readonly old: Deployment | undefined; readonly now: Deployment | undefined },
  reactor: string,
): boolean {
  return old !== undefined && dependsOn(old, reactor) && (now === undefined || !dependsOn(now, reactor));
}
