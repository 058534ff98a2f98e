import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { PreparedChart } from '../chart/prepared-chart.ts';
import { SECRET } from '../confine/kinds.ts';
import type { TenantAccess, TenantKey } from '../confine/tenant-access.ts';
import type { JsonRecord } from '../observe/json-fields.ts';
import {
  installArguments,
  type ReleaseCommand,
  rollbackArguments,
  uninstallArguments,
  upgradeArguments,
} from './helm-arguments.ts';
import type { HelmCommand } from './helm-command.ts';
import { releaseFailure } from './helm-failure.ts';
import { latestRelease, type ReleaseRecord } from './release-record.ts';
import { nextReleaseStep, type ReleaseStep } from './release-step.ts';

/** What a tenant's release is to be. */
export interface ReleaseOrder {
  /** Name of the release and of its namespace. */
  readonly name: string;
  /** Digest that the revision will carry. */
  readonly order: string;
  /** Apply again what is installed, because it no longer is as it was. */
  readonly drifted: boolean;
  /** The chart, got only when it is needed. */
  chart(): Promise<PreparedChart>;
}

/** Discard and uninstall may each come before the step that counts, and each may be raced once. */
const MAX_STEPS = 5;

/** Helm, in a tenant's namespace and with a tenant's rights. */
export class TenantReleases {
  private readonly helm: HelmCommand;
  private readonly access: TenantAccess;

  constructor(helm: HelmCommand, access: TenantAccess) {
    this.helm = helm;
    this.access = access;
  }

  /**
   * Brings a release to an order, whatever an earlier attempt has left. Returns what was done, in words.
   *
   * @throws TerminalError or RetryableError with helm's words.
   */
  async bringTo(order: ReleaseOrder, signal: AbortSignal): Promise<string> {
    const done: string[] = [];
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const latest = await this.latest(order.name, signal);
      const step = nextReleaseStep(latest, order.order, order.drifted);
      if (step.do === 'Rest') return done.join(', ') || `Release ${order.name} is as ordered`;
      done.push(await this.take(step, order, signal));
      if (step.do !== 'Discard' && step.do !== 'Uninstall') return done.join(', ');
    }
    throw new RetryableError('ReleaseFailed', { message: `somebody else keeps changing release ${order.name}` });
  }

  /** Uninstalls a release; one that does not exist is fine. */
  async uninstall(name: string, signal: AbortSignal): Promise<void> {
    await this.run(name, 'helm uninstall', { args: () => uninstallArguments(name), files: {} }, {}, signal);
  }

  private latest(name: string, signal: AbortSignal): Promise<ReleaseRecord | undefined> {
    return this.access.use(name, ({ cluster }) => latestRelease(cluster, name, name, signal), signal);
  }

  private async take(
    step: Exclude<ReleaseStep, { do: 'Rest' }>,
    { name, order, chart }: ReleaseOrder,
    signal: AbortSignal,
  ): Promise<string> {
    switch (step.do) {
      case 'Install':
        return this.put(installArguments, 'helm install', name, order, await chart(), signal);
      case 'Upgrade':
        return this.put(upgradeArguments, 'helm upgrade', name, order, await chart(), signal);
      case 'Reapply': {
        const run = { args: () => rollbackArguments(name, step.revision), files: {} };
        await this.run(name, 'helm rollback', run, {}, signal);
        return `Applied revision ${step.revision} of release ${name} again`;
      }
      case 'Uninstall':
        await this.uninstall(name, signal);
        return `Removed what was left of release ${name}`;
      case 'Discard':
        await this.discard(name, step.record, signal);
        return `Discarded revision ${step.record.revision} of release ${name}, which a helm that was ended left behind`;
    }
  }

  private async put(
    args: (command: ReleaseCommand) => readonly string[],
    what: string,
    name: string,
    order: string,
    chart: PreparedChart,
    signal: AbortSignal,
  ): Promise<string> {
    const run = {
      args: (path: (file: string) => string) =>
        args({ release: name, chart: path('chart.tgz'), values: path('values.json'), order }),
      files: { 'chart.tgz': chart.archive, 'values.json': chart.values },
    };
    await this.run(name, what, run, chart.descriptor.values, signal);
    return `Ran ${what} of chart ${chart.name} ${chart.version} as release ${name}`;
  }

  private async run(
    name: string,
    what: string,
    run: Parameters<HelmCommand['run']>[0],
    values: JsonRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const work = (key: TenantKey) => this.helm.run({ ...run, kubeconfig: this.access.kubeconfig(key, name) }, signal);
    const { ok, stderr } = await this.access.use(name, work, signal);
    if (!ok) throw releaseFailure(`${what} failed`, stderr, values);
  }

  /** Only exactly the record that was read: a helm that lives after all would have changed it. */
  private async discard(namespace: string, { secret }: ReleaseRecord, signal: AbortSignal): Promise<void> {
    const { name, uid, resourceVersion } = secret;
    const options = { preconditions: { uid, resourceVersion } };
    await this.access.use(
      namespace,
      ({ cluster }) => cluster.delete(SECRET, { name, namespace }, signal, options),
      signal,
    );
  }
}
