import { Label } from '../names.ts';

/** A helm command for a tenant's release. Release and namespace have the same name. */
export interface ReleaseCommand {
  readonly release: string;
  /** Path of the chart's archive. */
  readonly chart: string;
  /** Path of the file with the values. */
  readonly values: string;
  /** Digest of the order, stored as a label of the revision. */
  readonly order: string;
}

/** Number of revisions to keep: each is a Secret that contains the whole chart. */
const HISTORY = '3';

/**
 * Common to all commands that write. Hooks are off because they wait for untrusted code. The API server validates every
 * server-side apply itself, so fetching its OpenAPI document for another validation would double the time of an install
 * and find nothing more.
 */
const WRITE = ['--no-hooks', '--server-side=true', '--force-conflicts', '--timeout=45s'];

/** `helm template`: renders like an install, without a cluster. */
export function templateArguments(
  { release, chart, values }: Omit<ReleaseCommand, 'order'>,
  kubeVersion: string | undefined,
): readonly string[] {
  const version = kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`];
  return ['template', release, chart, ...common(release), `--values=${values}`, '--include-crds', ...version];
}

/** `helm install`. */
export function installArguments(command: ReleaseCommand): readonly string[] {
  return ['install', command.release, command.chart, ...chartFlags(command), ...WRITE];
}

/** `helm upgrade`, with the values of this order only. */
export function upgradeArguments(command: ReleaseCommand): readonly string[] {
  return [
    'upgrade',
    command.release,
    command.chart,
    ...chartFlags(command),
    ...WRITE,
    '--reset-values',
    `--history-max=${HISTORY}`,
  ];
}

/** `helm rollback` to a revision. To the latest one, it applies the installed revision again, without the chart. */
export function rollbackArguments(release: string, revision: number): readonly string[] {
  return ['rollback', release, `${revision}`, ...common(release), ...WRITE, `--history-max=${HISTORY}`];
}

function chartFlags({ release, values, order }: ReleaseCommand): readonly string[] {
  return [
    ...common(release),
    `--values=${values}`,
    `--labels=${Label.order}=${order}`,
    '--skip-crds',
    '--disable-openapi-validation',
    '--hide-notes',
  ];
}

function common(release: string): readonly string[] {
  return [`--namespace=${release}`, '--color=never'];
}
