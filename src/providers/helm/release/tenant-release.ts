import type { TenureIdentity } from '../../../award/identity.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { PreparedChart } from '../chart/chart-preparation.ts';
import { SECRET } from '../confine/kinds.ts';
import type { JsonRecord } from '../json-fields.ts';
import { installArguments, type ReleaseCommand, rollbackArguments, upgradeArguments } from './helm-arguments.ts';
import type { HelmCommand, HelmRun } from './helm-command.ts';
import { releaseFailure } from './helm-failure.ts';
import type { ReleaseHistory, ReleaseRecord } from './release-record.ts';
import { nextReleaseStep, type ReleaseStep } from './release-step.ts';
import type { TenantAccess, TenantKey } from './tenant-access.ts';

/** The desired state of a tenant's release. */
export interface ReleaseOrder {
  readonly identity: TenureIdentity;
  /** For fairness: helm processes are shared among consumers. */
  readonly consumer: string;
  /** Digest that is stored with the revision. */
  readonly order: string;
  /** Reads the current state. */
  readonly history: () => Promise<ReleaseHistory>;
  /** Whether the installed revision has to be applied again. Called only if it is the ordered one. */
  readonly isDrifted: (good: ReleaseRecord) => Promise<boolean>;
  /** Called only if needed: a reapply needs no repository. */
  readonly chart: () => Promise<PreparedChart>;
}

/** Discards may precede the actual step, and may race with other writers. */
const MAX_STEPS = 6;

/** Runs helm in tenants' namespaces with their rights. */
export class TenantReleases {
  private readonly helm: HelmCommand;
  private readonly access: TenantAccess;

  constructor(helm: HelmCommand, access: TenantAccess) {
    this.helm = helm;
    this.access = access;
  }

  /**
   * Brings a release to an order, whatever an earlier attempt has left, with at most one helm process. Returns a
   * message about what was done.
   *
   * @throws TerminalError or RetryableError with helm's message.
   */
  async bringTo(order: ReleaseOrder, signal: AbortSignal): Promise<string> {
    const done: string[] = [];
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const step = await this.nextStep(order);
      if (step.do === 'Rest') return done.join(', ') || `Release ${order.identity.name} is as ordered`;
      done.push(await this.perform(step, order, signal));
      if (step.do !== 'Discard') return done.join(', ');
    }
    throw new RetryableError('ReleaseFailed', {
      message: `another writer keeps changing release ${order.identity.name}`,
    });
  }

  private async nextStep({ order, history, isDrifted }: ReleaseOrder): Promise<ReleaseStep> {
    const found = await history();
    const step = nextReleaseStep(found, order, false);
    if (step.do !== 'Rest' || found.latest === undefined) return step;
    return nextReleaseStep(found, order, await isDrifted(found.latest));
  }

  private async perform(
    step: Exclude<ReleaseStep, { do: 'Rest' }>,
    order: ReleaseOrder,
    signal: AbortSignal,
  ): Promise<string> {
    const { name } = order.identity;
    switch (step.do) {
      case 'Install':
        return this.put(installArguments, 'helm install', order, signal);
      case 'Upgrade':
        return this.put(upgradeArguments, 'helm upgrade', order, signal);
      case 'Reapply': {
        const args = () => rollbackArguments(name, step.revision);
        await this.run(order, 'helm rollback', { args, files: {} }, {}, signal);
        return `Applied revision ${step.revision} of release ${name} again`;
      }
      case 'Discard':
        await this.discard(name, step.record, signal);
        return `Discarded revision ${step.record.revision} of release ${name}, which helm cannot go on from`;
    }
  }

  private async put(
    args: (command: ReleaseCommand) => readonly string[],
    what: string,
    order: ReleaseOrder,
    signal: AbortSignal,
  ): Promise<string> {
    const { name } = order.identity;
    const chart = await order.chart();
    const run = {
      args: (path: (file: string) => string) =>
        args({ release: name, chart: path('chart.tgz'), values: path('values.json'), order: order.order }),
      files: { 'chart.tgz': chart.archive, 'values.json': chart.values },
    };
    await this.run(order, what, run, chart.descriptor.values, signal);
    return `Ran ${what} of chart ${chart.name} ${chart.version} as release ${name}`;
  }

  private async run(
    { identity: { name }, consumer }: ReleaseOrder,
    what: string,
    run: Pick<HelmRun, 'args' | 'files'>,
    values: JsonRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const work = (key: TenantKey) =>
      this.helm.run({ ...run, tenant: consumer, kubeconfig: this.access.kubeconfig(key, name) }, signal);
    const { ok, stderr } = await this.access.use(name, work, signal);
    if (!ok) throw releaseFailure(`${what} failed`, name, stderr, values);
  }

  /** Only exactly the record that was read: a helm process that is still alive would have changed it. */
  private async discard(namespace: string, { secret }: ReleaseRecord, signal: AbortSignal): Promise<void> {
    const { name, uid, resourceVersion } = secret;
    const preconditions = { uid, resourceVersion };
    await this.access.use(
      namespace,
      ({ cluster }) => cluster.delete(SECRET, { name, namespace }, signal, { preconditions }),
      signal,
    );
  }
}
