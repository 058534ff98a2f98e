import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findBinaries } from '../../dev/binaries.ts';
import { makeOperatorAccount, removeOperatorAccount } from '../../dev/operator-account.ts';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { until } from '../../dev/until.ts';
import { type Simulator, startSimulator } from '../../simulator/cloudstack/simulator.ts';
import { GatedKubeconfig, HttpGate, type Passing } from '../support/http-gate.ts';
import { ours, secret } from '../support/manifests.ts';
import type { ChainGate } from './chain-gate.ts';
import { type CrashPoint, Effects } from './effects.ts';
import { HelmGate } from './helm-gate.ts';
import type { Lane } from './lane.ts';

/** Writes that are not effects of a tenure: leases, events, and reviews that are sent by POST. */
const NO_EFFECT = /\/(?:leases|events|selfsubject\w+|subjectaccessreviews|tokenreviews|token)(?:\/|\?|$)|[?&]dryRun=/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** One operator with its own provider, behind gates that number and stop its effects. */
export class SweepCase {
  readonly lane: Lane;
  readonly effects = new Effects();
  readonly namespace: string;
  readonly cloud: Simulator;
  private readonly account: string;
  private readonly folder: string;
  private readonly gates: { readonly chain: ChainGate; readonly api: HttpGate; readonly cloud: HttpGate };
  private readonly helm: HelmGate;
  private readonly kubeconfig: string;
  private operator: OperatorProcess | undefined;
  private restarting: Promise<void> = Promise.resolve();

  private constructor(
    lane: Lane,
    place: { readonly namespace: string; readonly folder: string; readonly account: string; readonly cloud: Simulator },
    gates: SweepCase['gates'],
    effects: Effects,
    helm: HelmGate,
    kubeconfig: string,
  ) {
    this.lane = lane;
    this.namespace = place.namespace;
    this.folder = place.folder;
    this.account = place.account;
    this.cloud = place.cloud;
    this.gates = gates;
    this.effects = effects;
    this.helm = helm;
    this.kubeconfig = kubeconfig;
  }

  /** @param point where the operator is killed; undefined for never. */
  static async open(lane: Lane, point: CrashPoint | undefined): Promise<SweepCase> {
    const name = `sweep-${randomBytes(5).toString('hex')}`;
    const folder = join(lane.folder, name);
    mkdirSync(folder, { mode: 0o700 });
    await kubectl(['create', 'namespace', name]);
    const inNamespace = (args: readonly string[], input?: string) => kubectl(['-n', name, ...args], input);
    const path = await makeOperatorAccount(inNamespace, name, folder);
    const kubeconfig = new GatedKubeconfig(path);
    const cloud = await startSimulator({
      delays: { queue: 0, vm: 100, other: 20 },
      settings: { 'allow.user.expunge.recover.vm': 'true' },
    });
    const effects = new Effects();
    const gates = {
      chain: await lane.openGate((...effect) => effects.carry(...effect)),
      api: await HttpGate.open({
        target: kubeconfig.target,
        effectOf: apiEffect,
        carry: (...effect) => effects.carry(...effect),
      }),
      cloud: await HttpGate.open({
        target: new URL(cloud.endpoint).origin,
        effectOf: cloudEffect,
        carry: (...effect) => effects.carry(...effect),
      }),
    };
    kubeconfig.write(path, gates.api);
    const helm = HelmGate.open(join(folder, 'helm'), findBinaries().helm, (...effect) => effects.carry(...effect));
    const account = `0x${randomBytes(32).toString('hex')}`;
    await lane.enrich(account);
    const one = new SweepCase(lane, { namespace: name, folder, account, cloud }, gates, effects, helm, path);
    if (point !== undefined) effects.armAt(point, () => one.killAndReplace());
    await one.start();
    return one;
  }

  /** Applies Provider, Reactors and Offers. */
  async sell(): Promise<void> {
    const { apiKey, secretKey } = this.cloud.accounts.user;
    const offer = (type: string, reactor: string) =>
      ours('Offer', type, {
        providerRef: { name: 'sweep' },
        descriptorType: `${type}/v1`,
        reactorRef: { name: reactor },
        pricePerBlock: PRICE.toString(),
        capacity: 4,
      });
    const items = [
      secret('account', { suri: this.account }),
      secret('keys', { apiKey, secretKey }),
      ours('Reactor', 'cluster', { helm: { tenantClusterRole: 'dinfra-tenant' } }),
      ours('Reactor', 'cloud', {
        cloudStack: {
          endpoint: `${this.gates.cloud.origin}/client/api`,
          credentialsSecretRef: { name: 'keys' },
          zones: ['zone-1'],
          sizes: [
            { cpu: 1, memoryMiB: 1024, offering: 'small' },
            { cpu: 2, memoryMiB: 4096, offering: 'medium' },
          ],
          images: [{ name: 'debian-12', template: 'debian-12' }],
          network: { mode: 'Isolated' },
        },
      }),
      offer('helm', 'cluster'),
      offer('vm', 'cloud'),
      ours('Provider', 'sweep', {
        chain: { endpoints: [this.gates.chain.endpoint] },
        accountSecretRef: { name: 'account' },
        metadata: { name: 'Sweep' },
        teardown: { maxPerHour: 10 },
      }),
    ];
    await this.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }

  /** The SS58 address of the provider's account. */
  get suri(): string {
    return this.account;
  }

  kubectl(args: readonly string[], input?: string): Promise<string> {
    return kubectl(['-n', this.namespace, ...args], input);
  }

  /** Waits until a condition holds; the error of a timeout describes the state. */
  until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    return until(what, seconds, holds, () => this.describe());
  }

  async close(): Promise<void> {
    await this.restarting;
    await this.operator?.stop();
    this.helm.close();
    await Promise.all([this.gates.chain.close(), this.gates.api.close(), this.gates.cloud.close(), this.cloud.stop()]);
    await removeOperatorAccount((args) => this.kubectl(args), this.namespace);
    const left = await this.kubectl(['get', 'deployments.dinfra.io,providers,reactors', '-o', 'name']);
    for (const object of left.split('\n').filter((line) => line !== '')) {
      await this.kubectl(['patch', object, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
    }
    await kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }

  private async start(): Promise<void> {
    this.operator = await OperatorProcess.start({
      kubeconfig: this.kubeconfig,
      namespace: this.namespace,
      helm: this.helm.command,
      logFile: join(this.folder, 'operator.log'),
      resyncSeconds: 5,
    });
  }

  private async killAndReplace(): Promise<void> {
    await this.operator?.kill();
    // The calling gate must not wait for the next operator, because its connection belongs to the killed one.
    this.restarting = this.start();
    this.restarting.catch(() => undefined);
  }

  private async describe(): Promise<string> {
    const log = await readFile(join(this.folder, 'operator.log'), 'utf8');
    const resources = await this.kubectl(['get', 'dprov,dsub,ddep', '-o', 'yaml', '--show-managed-fields=false']);
    const tail = log.trimEnd().split('\n').slice(-40).join('\n');
    return `killed at: ${this.effects.hit}\n${resources}\n--- operator.log\n${tail}\n--- effects\n${this.effects.seen.join('\n')}`;
  }
}

/** Price of one block, in the chain's smallest unit. */
export const PRICE = 10n ** 9n;

/** Writes to the API server, except for helm's: a run of helm is one effect. */
function apiEffect({ method, url, headers }: Passing): string | undefined {
  if (READS.has(method) || NO_EFFECT.test(url) || /^helm\//i.test(headers['user-agent'] ?? '')) return undefined;
  return `${method} ${url.split('?')[0]}`;
}

/** Calls of CloudStack that change something. */
function cloudEffect({ url, body }: Passing): string | undefined {
  const parameters = new URLSearchParams(`${url.split('?')[1] ?? ''}&${body}`);
  const command = parameters.get('command') ?? '';
  return /^(?:list|get|query|find)/.test(command) ? undefined : `cloud ${command}`;
}

async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { stdout } = await execa(findBinaries().kubectl, [...args], { ...(input !== undefined && { input }) });
  return stdout;
}
