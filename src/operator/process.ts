import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { recommendedLabels } from '../api/labels.ts';
import { systemClock } from '../base/clock.ts';
import { openFence } from '../base/fence.ts';
import type { Logger } from '../base/logger.ts';
import { limitRepeats } from '../base/repeat-limit.ts';
import { showLeadership } from '../kube/client/client-metrics.ts';
import type { ClusterAccess } from '../kube/client/cluster-access.ts';
import { KubeClient } from '../kube/client/kube-client.ts';
import { loadClusterAccess } from '../kube/client/kubeconfig.ts';
import { electionTimes } from '../kube/election/election-times.ts';
import { LeaderElector } from '../kube/election/leader-elector.ts';
import { Health } from '../server/health.ts';
import { serveProbes } from '../server/http-server.ts';
import { takeConsole } from '../substrate/library-console.ts';
import type { Config } from './config.ts';
import { Operator } from './operator.ts';
import { OtlpExporter } from './traces/otlp-exporter.ts';
import { noTraces, TenureTraces } from './traces/tenure-traces.ts';
import type { TraceTarget } from './traces/trace-target.ts';
import { showBuildInfo, versionText } from './version.ts';

/** How long work may continue after the first signal, in milliseconds; then the process exits regardless. */
const SHUTDOWN_MS = 30_000;
/** Name of the Lease and of this program. */
const NAME = 'dinfra-operator';

/**
 * The life of one operator process: it serves probes, syncs its caches, then leads for as long as it holds the Lease.
 * Resolves with the exit code after an orderly stop. When leadership is lost it never resolves: the process exits
 * immediately, and with it every helm process.
 */
export async function runProcess(config: Config): Promise<number> {
  const lines = pino({
    level: config.logLevel,
    base: { identity: config.identity, version: versionText() },
    formatters: { level: (level) => ({ level }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const log = limitRepeats(lines, systemClock);
  takeConsole((line) => log.debug({ line }, 'console output of a library'));
  const stop = stopOnSignals(log);
  const health = new Health();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  showBuildInfo(registry);
  const access = loadClusterAccess(config.kubeconfig);
  const probes = await serveProbes(config.probes, health, registry);
  log.info({ port: probes.port, server: access.server, namespace: config.namespace ?? 'all' }, 'operator started');
  const elector = config.leaderElection ? electorOf(config, access, registry, log) : undefined;
  health.addReady('lease', () => elector?.refusal);
  const exporter = config.traces && exporterOf(config.traces, config.identity, log);
  const traces = exporter === undefined ? noTraces : new TenureTraces((span) => exporter.push(span), systemClock);
  const operator = new Operator({ config, access, fence: elector ?? openFence, health, registry, log, traces });
  const lead = (signal: AbortSignal) => operator.lead(signal);
  try {
    await (elector === undefined ? lead(stop) : elector.lead(stop, lead));
  } finally {
    await Promise.all([operator.close(), probes.close(), exporter?.flush()]);
  }
  log.info({}, 'operator stopped');
  return 0;
}

function exporterOf(target: TraceTarget, instance: string, log: Logger): OtlpExporter {
  const resource = {
    'service.name': target.service,
    'service.version': versionText(),
    'service.instance.id': instance,
  };
  return new OtlpExporter({ ...target, resource, clock: systemClock, log });
}

function electorOf(config: Config, access: ClusterAccess, registry: Registry, log: Logger): LeaderElector {
  return new LeaderElector({
    // Separate connections, so that a renewal waits behind nothing, and no fence, since renewals keep the fence open.
    client: new KubeClient(access),
    namespace: config.namespace ?? access.namespace ?? 'default',
    name: NAME,
    labels: recommendedLabels('lease', `${NAME}-lease`),
    // The pod's name does not distinguish restarts: a restarted container keeps it.
    identity: `${config.identity}_${randomUUID()}`,
    times: electionTimes(config.leaseMs),
    onLeading: showLeadership(registry, NAME),
    onLost: () => process.exit(1),
    logger: log,
  });
}

function stopOnSignals(log: Logger): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1);
    log.info({ signal }, 'stopping after the reconciles in progress');
    stop.abort(new Error(`stopped by ${signal}`));
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return stop.signal;
}
