import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import type { Binaries } from './binaries.ts';
import { Child } from './child-process.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { freePorts } from './ports.ts';
import { prepareCluster } from './prepare-cluster.ts';

const START_MS = 60_000;

/**
 * Requests of service accounts without their bodies: those of the operator and its tenants, not those of cluster
 * components.
 */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', userGroups: ['system:serviceaccounts:kube-system'] },
    { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
    { level: 'None' },
  ],
};

export interface ControlPlaneOptions {
  /** Called with the last lines of a component that ended by itself. Default: prints them. */
  readonly onDeath?: (problem: string) => void;
  /** Whether the API server writes each request of a service account to `auditLog`. Default false. */
  readonly audit?: boolean;
}

/**
 * A real Kubernetes control plane on loopback: etcd, API server, controller manager and scheduler, and KWOK, which
 * simulates one node with any number of pods and volumes. Not for production: etcd does not sync to disk.
 */
export class ControlPlane {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** URL of the API server. */
  readonly server: string;
  /** Path of the audit log, with an audit.k8s.io Event per line, if it was requested. */
  readonly auditLog: string;
  private readonly audit: boolean;
  private readonly folder: string;
  private readonly binaries: Binaries;
  private readonly ports: { readonly etcd: number; readonly peer: number; readonly api: number };
  private readonly token = randomBytes(24).toString('hex');
  private etcd: Child | undefined;
  private apiServer: Child | undefined;
  private others: Child[] = [];
  /** Aborted if a component ended by itself, with its last lines. */
  private readonly broken = new AbortController();
  private readonly onDeath: (problem: string) => void;

  private constructor(
    folder: string,
    binaries: Binaries,
    ports: ControlPlane['ports'],
    { onDeath, audit }: Required<ControlPlaneOptions>,
  ) {
    this.folder = folder;
    this.binaries = binaries;
    this.ports = ports;
    this.onDeath = onDeath;
    this.audit = audit;
    this.auditLog = join(folder, 'audit.log');
    this.kubeconfig = join(folder, 'kubeconfig');
    this.server = `https://127.0.0.1:${ports.api}`;
  }

  /**
   * Starts everything and returns once a pod could run: after about ten seconds.
   *
   * @param folder is created, for the control plane alone: data, logs, certificates.
   * @throws Error with the last lines of the component that did not come up; then nothing is left running.
   */
  static async start(
    folder: string,
    binaries: Binaries,
    { onDeath = (problem) => console.error(problem), audit = false }: ControlPlaneOptions = {},
  ): Promise<ControlPlane> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [etcd, peer, api] = await freePorts(3);
    if (etcd === undefined || peer === undefined || api === undefined) throw new Error('no free ports');
    let up = false;
    const plane = new ControlPlane(
      folder,
      binaries,
      { etcd, peer, api },
      {
        audit,
        onDeath: (problem) => {
          if (up) onDeath(problem);
        },
      },
    );
    try {
      await Promise.race([plane.startAll(), rejectionOf(plane.broken.signal)]);
      up = true;
      return plane;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  /** Stops everything. */
  async stop(): Promise<void> {
    const others = this.others;
    this.others = [];
    await Promise.all(others.map((child) => child.stop()));
    await this.stopApiServer();
    await this.etcd?.stop();
    this.etcd = undefined;
  }

  /** Stops the API server; its data stays in etcd. */
  async stopApiServer(): Promise<void> {
    await this.apiServer?.stop();
    this.apiServer = undefined;
  }

  /** Starts the API server again at the same address. */
  async startApiServer(): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    this.apiServer = this.child('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${this.ports.etcd}`,
      `--secure-port=${this.ports.api}`,
      '--bind-address=127.0.0.1',
      // Otherwise it looks for a default route, and exits on a machine without a network. Nothing uses the cluster's
      // own Service, whose endpoint could not be loopback.
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${path('certs')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${path('service-accounts.key')}`,
      `--service-account-signing-key-file=${path('service-accounts.key')}`,
      `--token-auth-file=${path('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      // Enough for a thousand objects that change at once, on two cores.
      '--max-requests-inflight=800',
      '--max-mutating-requests-inflight=400',
      ...(this.audit ? [`--audit-policy-file=${path('audit-policy.json')}`, `--audit-log-path=${this.auditLog}`] : []),
    ]);
    await this.apiServer.untilReady(() => this.answers('/readyz'), START_MS);
  }

  private async startAll(): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(path('service-accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    writeFileSync(path('tokens.csv'), `${this.token},admin,admin,"system:masters"\n`, { mode: 0o600 });
    writeFileSync(path('audit-policy.json'), JSON.stringify(AUDIT_POLICY));
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
    // The server generated its own certificate, with its CA in the same file.
    this.writeKubeconfig(readFileSync(path('certs/apiserver.crt')));
    this.startControllers();
    const signal = AbortSignal.any([AbortSignal.timeout(START_MS), this.broken.signal]);
    await prepareCluster(this.kubeconfig, signal);
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
        // The node is simulated: nothing renews its lease, and it never goes away.
        '--node-monitor-grace-period=24h',
      ]),
      this.child('kube-scheduler', common),
      this.child('kwok', [
        `--kubeconfig=${this.kubeconfig}`,
        `--config=${stages}`,
        '--manage-all-nodes',
        // Without leases a node reports about once a minute, which the controller manager sometimes treats as NotReady,
        // also for the node's pods, and the stages never make those ready again.
        '--node-lease-duration-seconds=40',
      ]),
    ];
  }

  private child(name: keyof Binaries, args: readonly string[]): Child {
    // Nothing is started while it is being stopped.
    this.broken.signal.throwIfAborted();
    return Child.start({
      name,
      command: this.binaries[name],
      args,
      logFile: join(this.folder, `${name}.log`),
      onDeath: (problem) => {
        this.broken.abort(new Error(problem));
        this.onDeath(problem);
      },
    });
  }

  private async answers(path: string): Promise<boolean> {
    // Its certificate is unknown until it has generated it.
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
    writeFileSync(this.kubeconfig, kubeconfigOf(this.server, this.token, ca), { mode: 0o600 });
  }
}

/** Rejects with the reason of the signal when it is aborted. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
