import { type Deployment, deployments } from '../../api/deployment.ts';
import { identityOf } from '../../award/identity.ts';
import type { SourceListener } from '../../award/source.ts';
import { servedTenure } from '../../award/tenure-log.ts';
import type { BridgeCluster, OpenSource } from '../../bridge/ports.ts';
import type { ReconcileMetrics } from '../../controller/deployment/ports.ts';
import { parseKey, type ResourceType } from '../../kube/client/resource-type.ts';
import type { Reconcile } from '../../kube/queue/controller.ts';
import type { Traces } from './tenure-traces.ts';

/** The bridge's API client with a `mirror` span for each write of a Deployment, which is named after its tenure. */
export function tracedCluster(cluster: BridgeCluster, traces: Traces): BridgeCluster {
  const mirror = <T>(type: ResourceType, verb: string, name: string, work: () => Promise<T>) =>
    type.plural === deployments.plural && type.group === deployments.group
      ? traces.during(name, 'mirror', { verb }, work)
      : work();
  return {
    find: (type, ref, signal) => cluster.find(type, ref, signal),
    apply: (type, manifest, options, signal) => cluster.apply(type, manifest, options, signal),
    jsonPatch: (type, ref, steps, signal, options) => cluster.jsonPatch(type, ref, steps, signal, options),
    create: (type, manifest, signal, options) =>
      mirror(type, 'create', manifest.metadata.name ?? '', () => cluster.create(type, manifest, signal, options)),
    mergePatch: (type, ref, patch, signal, options) =>
      mirror(type, 'patch', ref.name, () => cluster.mergePatch(type, ref, patch, signal, options)),
    delete: (type, ref, signal, options) =>
      mirror(type, 'delete', ref.name, () => cluster.delete(type, ref, signal, options)),
  };
}

/** An award source with a `report` span in the tenure's trace for each report that was applied, refused or lost. */
export function tracedSource(open: OpenSource, traces: Traces): OpenSource {
  return (request, listener) => {
    const onSubmitted: SourceListener['onSubmitted'] = (submission, result) => {
      const { tenure, name } = submission;
      if (tenure !== undefined) {
        traces.moment(identityOf(tenure).name, 'report', { call: name, result: result.kind });
      }
      listener.onSubmitted(submission, result);
    };
    return open(request, {
      onWake: () => listener.onWake(),
      onState: (state) => listener.onState(state),
      onSubmitted,
    });
  };
}

/** Metrics that also trace each call of a reactor, as a child of the reconcile that makes it. */
export function tracedMetrics(metrics: ReconcileMetrics, traces: Traces): ReconcileMetrics {
  return {
    timed: (reactor, method, call) => {
      const { tenure } = servedTenure();
      const timed = () => metrics.timed(reactor, method, call);
      return tenure === undefined ? timed() : traces.during(tenure, `reactor ${method}`, { reactor }, timed);
    },
    hindered: (reason) => metrics.hindered(reason),
    becameReady: (deployment, now) => metrics.becameReady(deployment, now),
  };
}

/** A reconcile of a Deployment as a span, with the desired state as an attribute. */
export function tracedReconcile(
  reconcile: Reconcile,
  view: (key: string) => { readonly deployment: Deployment | undefined; readonly tenure: string },
  traces: Traces,
): Reconcile {
  return (key, ...rest) => {
    const { deployment, tenure } = view(key);
    const state = deployment?.spec.state ?? 'Gone';
    return traces.during(tenure, 'reconcile', { state, namespace: parseKey(key).namespace ?? '' }, () =>
      reconcile(key, ...rest),
    );
  };
}
