import { execa } from 'execa';
import { readSubscription } from '../../src/sources/dinfra/consumer-reader.ts';
import { type Connection, connect } from '../../src/substrate/connection.ts';
import type { Environment } from '../environment.ts';

/** The remains of a tenure, read from the systems themselves. All lists are empty if nothing is left. */
export interface Remains {
  readonly namespaces: readonly string[];
  readonly releases: readonly string[];
  readonly claims: readonly string[];
  readonly vms: readonly string[];
  readonly networks: readonly string[];
  readonly deployments: readonly string[];
  /** Capacity of the provider's offers in use on chain. */
  readonly capacityUsed: number;
}

/** The identity and version of an object that must not be touched while the operator is away. */
export type Fingerprint = Readonly<Record<string, string>>;

interface ReadyState {
  readonly status: string;
  readonly since: string;
  readonly endpoints: readonly string[];
}

/** Reads cluster, cloud and chain directly, independent of the operator. */
export class World {
  private readonly environment: Environment;
  private readonly chain: Connection;

  private constructor(environment: Environment, chain: Connection) {
    this.environment = environment;
    this.chain = chain;
  }

  static async open(environment: Environment): Promise<World> {
    return new World(environment, await connect(environment.chain.endpoint, new AbortController().signal));
  }

  async close(): Promise<void> {
    await this.chain.close();
  }

  /** The number of the last block. */
  async block(): Promise<number> {
    return (await this.chain.api.rpc.chain.getHeader()).number.toNumber();
  }

  /** State of a subscription on chain; undefined once it was removed. */
  async state(id: bigint): Promise<string | undefined> {
    return (await readSubscription(this.chain.api, id))?.state;
  }

  /** Offers of a provider on chain by type, with their capacity and its use. Default: the first provider. */
  async offers(provider = 0): Promise<ReadonlyMap<string, { readonly capacity: number; readonly used: number }>> {
    const entries = await this.chain.api.query.provider.offers.entries(provider);
    return new Map(
      entries.map(([{ args }, offer]) => {
        const { capacity, used } = offer.unwrap();
        return [args[1].toUtf8(), { capacity: capacity.toNumber(), used: used.toNumber() }];
      }),
    );
  }

  /**
   * Whether a provider can be awarded subscriptions of this many types. An offer alone is not enough: without a recent
   * heartbeat the chain skips the provider, and tries again twenty blocks later.
   */
  async sells(types: number, provider = 0): Promise<boolean> {
    return (await this.offers(provider)).size === types && (await this.isFresh(provider));
  }

  /** Whether the heartbeat of a provider covers the next blocks. */
  async isFresh(provider = 0, blocks = 1): Promise<boolean> {
    const heartbeat = await this.chain.api.query.provider.heartbeats(provider);
    return heartbeat.isSome && heartbeat.unwrap().until.toNumber() >= (await this.block()) + blocks;
  }

  /** Name of the Deployment of a subscription. */
  async deploymentOf(id: bigint): Promise<string | undefined> {
    const selector = `spec.subscription=${id}`;
    const [first] = await this.names([
      'get',
      'deployments.dinfra.io',
      '-n',
      this.environment.namespace,
      `--field-selector=${selector}`,
    ]);
    return first;
  }

  /** The status and transition time of a Deployment's condition Ready, and its endpoints. */
  async ready(name: string): Promise<ReadyState> {
    const object = (await this.json(['get', 'deployments.dinfra.io', name])) as {
      readonly status: {
        readonly conditions?: readonly {
          readonly type: string;
          readonly status: string;
          readonly lastTransitionTime: string;
        }[];
        readonly endpoints?: readonly { readonly address: string }[];
      };
    };
    const ready = object.status.conditions?.find(({ type }) => type === 'Ready');
    return {
      status: ready?.status ?? 'Unknown',
      since: ready?.lastTransitionTime ?? '',
      endpoints: (object.status.endpoints ?? []).map(({ address }) => address),
    };
  }

  /** Whether the mirror shows these as Active and Ready: it is a moment behind the chain. */
  async areSettled(names: readonly string[]): Promise<boolean> {
    const { items } = (await this.json(['get', 'deployments.dinfra.io', '-A'])) as {
      readonly items: readonly {
        readonly metadata: { readonly name: string; readonly generation: number };
        readonly spec: { readonly state: string };
        readonly status: {
          readonly observedGeneration?: number;
          readonly conditions?: readonly { readonly type: string; readonly status: string }[];
        };
      }[];
    };
    const settled = new Set(
      items.flatMap(({ metadata: { name, generation }, spec, status }) => {
        const isReady = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
        return isReady && spec.state === 'Active' && status.observedGeneration === generation ? [name] : [];
      }),
    );
    return names.every((name) => settled.has(name));
  }

  /** The fingerprints of everything that runs for the tenures of these names. */
  async fingerprint(names: readonly string[]): Promise<Fingerprint> {
    const ours = (list: readonly string[]) => list.filter((one) => names.some((name) => one.includes(name))).join('\n');
    const version = '{.metadata.namespace}/{.metadata.name} {.metadata.uid}';
    const own = ['get', 'deployments.dinfra.io', '-n', this.environment.namespace];
    return {
      namespaces: ours(await this.names(['get', 'namespaces'], '{.metadata.name} {.metadata.uid}')),
      releases: ours(
        await this.names(['get', 'secrets', '-A', '-l', 'owner=helm'], `${version} {.metadata.resourceVersion}`),
      ),
      pods: ours(await this.names(['get', 'pods', '-A'], version)),
      deployments: ours(await this.names(own, `${version} {.metadata.generation}`)),
      vms: ours(this.vms().map(({ id, name, state }) => `${name} ${id} ${state}`)),
    };
  }

  /** The remains of the tenures of these names. */
  async remains(names: readonly string[]): Promise<Remains> {
    const ours = (list: readonly string[]) => list.filter((one) => names.some((name) => one.includes(name)));
    const offers = await this.offers();
    return {
      namespaces: ours(await this.names(['get', 'namespaces'])),
      releases: ours(await this.names(['get', 'secrets', '-A', '-l', 'owner=helm'])),
      claims: ours(await this.names(['get', 'persistentvolumeclaims', '-A'], '{.metadata.namespace}/{.metadata.name}')),
      vms: ours(this.vms().map(({ name }) => name)),
      networks: ours((this.holdings()?.networks ?? []).map(({ name }) => name)),
      deployments: ours(await this.names(['get', 'deployments.dinfra.io', '-n', this.environment.namespace])),
      capacityUsed: [...offers.values()].reduce((sum, { used }) => sum + used, 0),
    };
  }

  private vms() {
    return this.holdings()?.vms ?? [];
  }

  /** The resources of the provider's account in the cloud, from the simulator's own records. */
  private holdings() {
    return this.environment.cloud.books().accounts['dinfra'];
  }

  private async names(args: readonly string[], template = '{.metadata.name}'): Promise<string[]> {
    const text = await this.kubectl([...args, '-o', `jsonpath={range .items[*]}${template}{"\\n"}{end}`]);
    return text.split('\n').filter((line) => line !== '');
  }

  private async json(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.kubectl(['-n', this.environment.namespace, ...args, '-o', 'json']));
  }

  private async kubectl(args: readonly string[]): Promise<string> {
    const { stdout } = await execa(this.environment.binaries.kubectl, [...args], {
      env: { KUBECONFIG: this.environment.kubeconfig },
    });
    return stdout;
  }
}
