import { randomUUID } from 'node:crypto';
import { setDefaultResultOrder } from 'node:dns';
import { pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Logger } from './base/logger.ts';
import { findDinfraError } from './errors/dinfra-error.ts';
import { showLeadership } from './kube/client/client-metrics.ts';
import type { ClusterAccess } from './kube/client/cluster-access.ts';
import { KubeClient } from './kube/client/kube-client.ts';
import { loadClusterAccess } from './kube/client/kubeconfig.ts';
import { LeaderElector } from './kube/election/leader-elector.ts';
import { type Config, exitCodeOf, parseConfig } from './operator/config.ts';
import { runOperator } from './operator/operator.ts';
import { Health } from './server/health.ts';
import { serveProbes } from './server/http-server.ts';
import { takeConsole } from './substrate/library-console.ts';

/** How long the work may go on after the first signal, in milliseconds; then the process ends whatever is left. */
const SHUTDOWN_MS = 30_000;

async function main(): Promise<number> {
  const config = parseConfig(process.argv.slice(2), process.env);
  const log = pino({
    level: config.logLevel,
    base: { identity: config.identity },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  takeConsole((line) => log.debug({ line }, 'a library has written to the console'));
  const stop = stopOnSignals(log);
  const health = new Health();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const access = loadClusterAccess(config.kubeconfig);
  const probes = await serveProbes(config.probes, health, registry);
  log.info({ port: probes.port, server: access.server, namespace: config.namespace ?? 'all' }, 'the operator starts');
  try {
    await lead(config, access, health, registry, log, stop);
  } finally {
    await probes.close();
  }
  log.info({}, 'the operator has stopped');
  return 0;
}

/** Works, at once or as the elected one. */
async function lead(
  config: Config,
  access: ClusterAccess,
  health: Health,
  registry: Registry,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const work = (signal: AbortSignal) => runOperator(config, access, health, registry, log, signal);
  if (!config.leaderElection) return work(stop);
  const client = new KubeClient(access);
  const elector = new LeaderElector({
    client,
    namespace: config.namespace ?? access.namespace ?? 'default',
    name: 'dinfra-operator',
    // The name of a pod says which one it is, and not which of its lives: a container that starts anew has the same.
    identity: `${config.identity}_${randomUUID()}`,
    onLeading: showLeadership(registry, 'dinfra-operator'),
    logger: log,
  });
  const end = await elector.lead(stop, work);
  if (end === 'Lost') throw new Error('leadership was lost: another operator has taken over');
  await client.close();
}

function stopOnSignals(log: Logger): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1);
    log.info({ signal }, 'stopping: passes under way are finished');
    stop.abort(new Error(`stopped by ${signal}`));
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return stop.signal;
}

// A cluster reached over a tunnel may have a name with an address of each family; the first to answer is not always v6.
setDefaultResultOrder('ipv4first');
try {
  process.exitCode = await main();
} catch (error) {
  const code = exitCodeOf(error);
  if (code === undefined) {
    const ours = findDinfraError(error);
    process.stderr.write(
      `dinfra-operator: ${ours?.message ?? (error instanceof Error ? error.stack : String(error))}\n`,
    );
  }
  process.exitCode = code ?? 1;
}
