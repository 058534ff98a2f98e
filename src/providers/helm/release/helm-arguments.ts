import { Label } from '../names.ts';

/** What a helm process is asked to do with a tenant's release. Release and namespace have the same name. */
export interface ReleaseCommand {
  readonly release: string;
  /** Path of the chart's archive. */
  readonly chart: string;
  /** Path of the file with the values. */
  readonly values: string;
  /** Digest of the order, kept as a label of the revision. */
  readonly order: string;
}

/** Revisions kept: what runs, and what ran before. Each is a Secret with the whole chart in it. */
const HISTORY = '3';

/**
 * Common to all that writes. Hooks wait for what a stranger runs. The API server checks every server-side apply itself,
 * so fetching its OpenAPI document to check before costs half the time of an install and finds nothing more.
 */
const WRITE = ['--no-hooks', '--server-side=true', '--force-conflicts', '--timeout=45s'];

/** `helm template`: renders as an install would, without a cluster. */
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

/** `helm rollback` to a revision: to the latest it applies again what was installed, without needing the chart. */
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
