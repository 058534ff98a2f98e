import { abortable } from '../base/deadline.ts';
import { showCertificateEnds } from '../kube/client/certificate-metrics.ts';
import { countRequests } from '../kube/client/client-metrics.ts';
import { KubeClient } from '../kube/client/kube-client.ts';
import { EventRecorder } from '../kube/events/event-recorder.ts';
import { ControllerMetrics } from '../kube/queue/controller-metrics.ts';
import { viewCluster } from './cluster-view.ts';
import type { Feature, OperatorOptions, OperatorParts } from './feature.ts';
import { registerBridge } from './register-bridge.ts';
import { registerDeployments } from './register-deployments.ts';
import { registerReactors } from './register-reactors.ts';
import { showStalled } from './stalled-metrics.ts';

/**
 * The operator of one process. Its caches sync from construction on, in a standby too, so that a newly elected leader
 * can act at once; nothing acts before `lead`.
 */
export class Operator {
  private readonly options: OperatorOptions;
  private readonly client: KubeClient;
  private readonly cluster: OperatorParts['cluster'];
  private readonly watching = new AbortController();

  constructor(options: OperatorOptions) {
    const { access, config, fence, health, registry, log } = options;
    this.options = options;
    showCertificateEnds(registry, access);
    this.client = new KubeClient(access, { fence, onReply: countRequests(registry, access.server) });
    this.cluster = viewCluster(this.client, config.namespace, health, registry, log, this.watching.signal);
  }

  /** Runs until `stop` aborts and the last reconcile has ended. Call it once. */
  async lead(stop: AbortSignal): Promise<void> {
    const { client, cluster } = this;
    const { config, log, registry } = this.options;
    // Of the leader only: two replicas would count everything twice.
    showStalled(
      registry,
      Object.values(cluster).map(({ store }) => store),
    );
    const events = new EventRecorder({ client, signal: stop, instance: config.identity, logger: log });
    const parts: OperatorParts = {
      ...this.options,
      client,
      cluster,
      // The caches outlive the leadership: a stop before they have synced must also end the wait for them.
      synced: Object.values(cluster).map(({ synced }) => abortable(synced, stop)),
      events,
      controllerMetrics: new ControllerMetrics(registry),
      stop,
    };
    // They refer to each other at run time only, by lambdas that are called after all of them exist.
    const reactors = registerReactors(parts, {
      standing: (tenure, signal) => bridge.standing(tenure, signal),
      onChange: (key) => {
        deployments.reactorChanged(key);
        bridge.reactorChanged();
      },
      onRecovered: (key) => deployments.reactorRecovered(key),
    });
    const bridge = registerBridge(parts, {
      onReachable: (provider) => deployments.providerReachable(provider),
      onMirroring: (namespace, phase) => deployments.mirroring(namespace, phase),
      servesType: (reactor, type) => reactors.servesType(reactor, type),
    });
    const deployments = registerDeployments(parts, { bridge, reactors });
    const features: readonly Feature[] = [deployments, bridge, reactors];
    await Promise.all(features.map((feature) => feature.run()));
    await events.flush();
    await Promise.all(features.map((feature) => feature.close()));
  }

  /** Stops the caches and closes the connections. */
  async close(): Promise<void> {
    this.watching.abort(new Error('the operator has stopped'));
    await Promise.all(Object.values(this.cluster).map(({ ended }) => ended));
    await this.client.close();
  }
}
