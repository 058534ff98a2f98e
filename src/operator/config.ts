import { hostname } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type TraceTarget, traceTarget } from './traces/trace-target.ts';
import { versionText } from './version.ts';

/** The operator's configuration, parsed from flags and environment and validated once. */
export interface Config {
  /** Path of a kubeconfig; undefined for KUBECONFIG, ~/.kube/config or the pod's service account. */
  readonly kubeconfig: string | undefined;
  /** The namespace whose resources are served; undefined for all namespaces. */
  readonly namespace: string | undefined;
  readonly probes: { readonly host: string; readonly port: number };
  /** Deployments reconciled at once, per reactor. */
  readonly concurrency: number;
  /** How often settled Deployments are reconciled and backends are probed, in milliseconds. */
  readonly resyncMs: number;
  /** How long a workload may be unobservable before it is reported as degraded, in milliseconds. */
  readonly unseenAfterMs: number;
  /** Path or name of the helm executable. */
  readonly helm: string;
  /** Helm processes at once. */
  readonly helmConcurrency: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Act only while holding the Lease, so that a second process can stand by and take over. */
  readonly leaderElection: boolean;
  /** How long standbys wait for a silent leader, in milliseconds. */
  readonly leaseMs: number;
  /** The identity of this process in Events and the Lease: the pod's name. */
  readonly identity: string;
  /** Where traces are sent; undefined for nowhere. */
  readonly traces: TraceTarget | undefined;
}

/** The operator's command line: its flags, their environment variables and defaults. */
export function operatorCommand(): Command {
  return new Command('dinfra-operator')
    .description('Makes Kubernetes the control plane of a provider on a Substrate infrastructure market.')
    .option('--kubeconfig <path>', 'kubeconfig to use (default: KUBECONFIG, ~/.kube/config, or the pod’s account)')
    .addOption(new Option('--namespace <name>', 'serve this namespace only (default: all)').env('DINFRA_NAMESPACE'))
    .addOption(
      new Option('--probe-address <host:port>', 'where /healthz, /readyz and /metrics are served')
        .env('DINFRA_PROBE_ADDRESS')
        .default({ host: '0.0.0.0', port: 8080 }, '0.0.0.0:8080')
        .argParser(parseAddress),
    )
    .addOption(numberOption('--concurrency <n>', 'Deployments of one Reactor reconciled at once', 10, 1, 1000))
    .addOption(
      numberOption(
        '--resync <seconds>',
        'how often settled Deployments are reconciled and backends are probed',
        60,
        1,
        86_400,
      ),
    )
    .addOption(
      numberOption(
        '--unseen-after <seconds>',
        'how long a backend may be unreachable before its workloads are reported as degraded',
        600,
        30,
        86_400,
      ),
    )
    .addOption(new Option('--helm <command>', 'helm executable, version 4').env('DINFRA_HELM').default('helm'))
    .addOption(numberOption('--helm-concurrency <n>', 'helm processes at once', 8, 1, 64))
    .addOption(
      new Option('--log-level <level>', 'minimum level to log')
        .env('DINFRA_LOG_LEVEL')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addOption(
      new Option(
        '--leader-election',
        'act only while holding the Lease, so that a second process can stand by and take over',
      ).default(true),
    )
    .option('--no-leader-election', 'act without a Lease; only for a process that is certain to be the only one')
    .addOption(numberOption('--lease-duration <seconds>', 'how long standbys wait for a silent leader', 4, 2, 3_600))
    .version(versionText(), '--version', 'print the version')
    .exitOverride();
}

/**
 * Parses the operator's arguments, without node and script. Flags take precedence over the environment.
 *
 * @throws CommanderError with exit code 0 after --help and 1 for an invalid flag; it has already been printed.
 */
export function parseConfig(args: readonly string[], environment: NodeJS.ProcessEnv): Config {
  const command = operatorCommand();
  command.parse([...args], { from: 'user' });
  const options = command.opts<{
    kubeconfig?: string;
    namespace?: string;
    probeAddress: { host: string; port: number };
    concurrency: number;
    resync: number;
    unseenAfter: number;
    helm: string;
    helmConcurrency: number;
    logLevel: Config['logLevel'];
    leaderElection: boolean;
    leaseDuration: number;
  }>();
  return {
    kubeconfig: options.kubeconfig,
    namespace: options.namespace,
    probes: options.probeAddress,
    concurrency: options.concurrency,
    resyncMs: options.resync * 1000,
    unseenAfterMs: options.unseenAfter * 1000,
    helm: options.helm,
    helmConcurrency: options.helmConcurrency,
    logLevel: options.logLevel,
    leaderElection: options.leaderElection,
    leaseMs: options.leaseDuration * 1000,
    identity: environment['POD_NAME'] ?? hostname(),
    traces: traceTarget(environment),
  };
}

/** The exit code of a parse error, undefined for any other error. */
export function exitCodeOf(error: unknown): number | undefined {
  return error instanceof CommanderError ? error.exitCode : undefined;
}

function numberOption(flags: string, description: string, byDefault: number, least: number, most: number): Option {
  const name = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
  return new Option(flags, description)
    .env(`DINFRA_${name.toUpperCase().replaceAll('-', '_')}`)
    .default(byDefault)
    .argParser((text) => {
      const value = Number(text);
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    });
}

function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new InvalidArgumentError('It must be host:port, for instance :8080.');
  return { host: match[1] ?? (match[2] === '' || match[2] === undefined ? '0.0.0.0' : match[2]), port };
}
