import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { KubeClient } from '../kube/kube-client.ts';
import { loadClusterAccess } from '../kube/kubeconfig.ts';
import type { KubeObject, ResourceType } from '../kube/resource-type.ts';
import type { Binaries } from './binaries.ts';
import { Child } from './child-process.ts';
import { freePorts } from './ports.ts';

/** Resources of the one node everything runs on. KWOK only says that it runs. */
const CAPACITY = { cpu: '64', memory: '256Gi', pods: '2000' };
const START_MS = 60_000;

interface Node extends KubeObject {
  readonly spec?: object;
  readonly status: { readonly allocatable: object; readonly capacity: object };
}
const nodes: ResourceType<Node> = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };

interface StorageClass extends KubeObject {
  readonly provisioner: string;
  readonly reclaimPolicy: string;
  readonly volumeBindingMode: string;
}
const storageClasses: ResourceType<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  plural: 'storageclasses',
  kind: 'StorageClass',
  namespaced: false,
};

interface ServiceAccount extends KubeObject {}
const serviceAccounts: ResourceType<ServiceAccount> = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
};

/**
 * A real Kubernetes control plane on loopback: etcd, API server, controller manager and scheduler, and KWOK, which plays
 * one node with any number of pods and volumes. Nothing of it is for production: etcd does not sync to disk.
 */
export class ControlPlane {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** URL of the API server. */
  readonly server: string;
  private readonly folder: string;
  private readonly binaries: Binaries;
  private readonly ports: { readonly etcd: number; readonly peer: number; readonly api: number };
  private readonly token = randomBytes(24).toString('hex');
  private etcd: Child | undefined;
  private apiServer: Child | undefined;
  private others: Child[] = [];

  private constructor(folder: string, binaries: Binaries, ports: ControlPlane['ports']) {
    this.folder = folder;
    this.binaries = binaries;
    this.ports = ports;
    this.kubeconfig = join(folder, 'kubeconfig');
    this.server = `https://127.0.0.1:${ports.api}`;
  }

  /**
   * Starts everything and returns when a pod could run: about ten seconds.
   *
   * @param folder is made, and is the control plane's own: data, logs, certificates.
   * @throws Error with the last lines of whatever did not come up; nothing is left running then.
   */
  static async start(folder: string, binaries: Binaries): Promise<ControlPlane> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [etcd, peer, api] = await freePorts(3);
    if (etcd === undefined || peer === undefined || api === undefined) throw new Error('no free ports');
    const plane = new ControlPlane(folder, binaries, { etcd, peer, api });
    try {
      await plane.startAll();
      return plane;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    const others = this.others;
    this.others = [];
    await Promise.all(others.map((child) => child.stop()));
    await this.stopApiServer();
    await this.etcd?.stop();
    this.etcd = undefined;
  }

  /** Takes the API server away; what it knows stays in etcd. */
  async stopApiServer(): Promise<void> {
    await this.apiServer?.stop();
    this.apiServer = undefined;
  }

  /** Brings the API server back, at the same address. */
  async startApiServer(): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    this.apiServer = this.child('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${this.ports.etcd}`,
      `--secure-port=${this.ports.api}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${path('certs')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${path('service-accounts.key')}`,
      `--service-account-signing-key-file=${path('service-accounts.key')}`,
      `--token-auth-file=${path('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      // Room for a thousand objects that change at once, on two cores.
      '--max-requests-inflight=800',
      '--max-mutating-requests-inflight=400',
    ]);
    await this.apiServer.untilReady(() => this.answers('/readyz'), START_MS);
  }

  private async startAll(): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(path('service-accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    writeFileSync(path('tokens.csv'), `${this.token},admin,admin,"system:masters"\n`, { mode: 0o600 });
    this.writeKubeconfig();

    const etcdUrl = `http://127.0.0.1:${this.ports.etcd}`;
    this.etcd = this.child('etcd', [
      `--data-dir=${path('etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${this.ports.peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
    await this.startApiServer();
    // The server made its own certificate, with the CA that signed it in the same file.
    this.writeKubeconfig(readFileSync(path('certs/apiserver.crt')));
    this.startControllers();
    await this.prepareCluster();
  }

  private startControllers(): void {
    const common = [
      `--kubeconfig=${this.kubeconfig}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--secure-port=0',
    ];
    const stages = fileURLToPath(new URL('./kwok/stages.yaml', import.meta.url));
    this.others = [
      this.child('kube-controller-manager', [
        ...common,
        `--service-account-private-key-file=${join(this.folder, 'service-accounts.key')}`,
        '--use-service-account-credentials',
        // The node is played: nobody renews its lease, and it does not go away.
        '--node-monitor-grace-period=24h',
      ]),
      this.child('kube-scheduler', common),
      this.child('kwok', [`--kubeconfig=${this.kubeconfig}`, `--config=${stages}`, '--manage-all-nodes']),
    ];
  }

  /** A node to run on, a class for volumes, and the account that pods of the default namespace have. */
  private async prepareCluster(): Promise<void> {
    const client = new KubeClient(loadClusterAccess(this.kubeconfig));
    const signal = AbortSignal.timeout(START_MS);
    const by = { fieldManager: 'dinfra-dev' };
    try {
      await client.apply(
        nodes,
        {
          metadata: {
            name: 'node-0',
            annotations: { 'kwok.x-k8s.io/node': 'fake' },
            labels: { 'kubernetes.io/hostname': 'node-0' },
          },
          status: { allocatable: CAPACITY, capacity: CAPACITY },
        },
        by,
        signal,
      );
      await client.apply(
        storageClasses,
        {
          metadata: {
            // The name KWOK's stages know.
            name: 'kwok-volume',
            annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
          },
          provisioner: 'kwok.x-k8s.io/volume',
          reclaimPolicy: 'Delete',
          volumeBindingMode: 'Immediate',
        },
        by,
        signal,
      );
      const account = { namespace: 'default', name: 'default' };
      while ((await client.find(serviceAccounts, account, signal)) === undefined) await sleep(50);
    } finally {
      await client.close();
    }
  }

  private child(name: keyof Binaries, args: readonly string[]): Child {
    return Child.start({ name, command: this.binaries[name], args, logFile: join(this.folder, `${name}.log`) });
  }

  private async answers(path: string): Promise<boolean> {
    // Its certificate is not known before it has made it.
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const reply = await request(`${this.server}${path}`, { dispatcher, headers, signal: AbortSignal.timeout(2_000) });
      await reply.body.dump();
      return reply.statusCode === 200;
    } finally {
      await dispatcher.destroy();
    }
  }

  private writeKubeconfig(ca?: Buffer): void {
    const cluster = {
      server: this.server,
      ...(ca === undefined
        ? { 'insecure-skip-tls-verify': true }
        : { 'certificate-authority-data': ca.toString('base64') }),
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'dinfra', cluster }],
      users: [{ name: 'admin', user: { token: this.token } }],
      contexts: [{ name: 'dinfra', context: { cluster: 'dinfra', user: 'admin' } }],
      'current-context': 'dinfra',
    };
    // JSON is YAML.
    writeFileSync(this.kubeconfig, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  }
}
