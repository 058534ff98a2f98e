import { randomUUID } from 'node:crypto';
import type { World } from '../simulator/cloudstack/world.ts';
import { identityOf, subscriptionName, type Tenure, type TenureIdentity } from '../src/award/identity.ts';
import type { ApiObject } from './api-server.ts';

/** What is written differently in a copy, by how it is written in the original. */
type Renaming = ReadonlyMap<string, string>;

/** Tables that have rows of one VM only; networks and keys are shared. */
const OWN = ['vms', 'volumes', 'securityGroups', 'tags'] as const;

/** A tenure with a VM that runs, as an operator has made it, to be copied in the memory of a cloud and in a cluster. */
export class RunningTenure {
  private readonly world: World;
  private readonly identity: TenureIdentity;
  /** Name of the VM, its marker and the ids of its rows. */
  private readonly known: readonly string[];
  private readonly rows: readonly { readonly table: (typeof OWN)[number]; readonly row: object }[];

  constructor(world: World, tenure: Tenure) {
    this.world = world;
    this.identity = identityOf(tenure);
    const { name, marker } = this.identity;
    const vm = world.tables.vms.find((one) => one.name === name);
    if (vm === undefined) throw new Error(`there is no VM ${name} to copy`);
    const known = [name, marker, vm.id, ...vm.nics.map(({ id }) => id)];
    this.rows = OWN.flatMap((table) =>
      [...world.tables[table].live()].flatMap(({ seq: _, ...row }) => {
        const text = JSON.stringify(row);
        if (!known.some((one) => text.includes(one))) return [];
        if (!known.includes(row.id)) known.push(row.id);
        return [{ table, row }];
      }),
    );
    this.known = known;
  }

  /** Adds the VM of another tenure to the cloud. Returns what is written differently in everything about it. */
  copyVm(tenure: Tenure): Renaming {
    const { name, marker } = identityOf(tenure);
    const renaming = new Map(
      this.known.map((one): [string, string] => {
        if (one === this.identity.name) return [one, name];
        return [one, one === this.identity.marker ? marker : randomUUID()];
      }),
    );
    for (const { table, row } of this.rows) this.world.tables[table].add(renamed(row, renaming) as never);
    return renaming;
  }
}

/** A Deployment or Subscription of the copied tenure, as one of another: what to create, and the status to write then. */
export function copyOf(original: ApiObject, provider: number, tenure: Tenure, renaming: Renaming) {
  const { apiVersion, kind, metadata, spec, status } = renamed(original, renaming);
  const id = `${tenure.subscription}`;
  const subscription = subscriptionName(tenure.genesis, provider, tenure.subscription);
  const { namespace, labels } = metadata;
  const own = kind === 'Subscription' ? { id } : { subscription: id, subscriptionRef: { name: subscription } };
  return {
    object: {
      apiVersion,
      kind,
      metadata: {
        name: kind === 'Subscription' ? subscription : metadata.name,
        namespace,
        labels: { ...(labels as object), 'dinfra.io/subscription': id },
        ...(metadata['finalizers'] !== undefined && { finalizers: metadata['finalizers'] }),
      },
      spec: { ...(spec as object), ...own },
    },
    // Of its first generation, however often the original was changed.
    status: JSON.parse(
      JSON.stringify(status).replaceAll(/"observedGeneration":\d+/g, '"observedGeneration":1'),
    ) as object,
  };
}

function renamed<T>(data: T, renaming: Renaming): T {
  let text = JSON.stringify(data);
  for (const [from, to] of renaming) text = text.replaceAll(from, to);
  return JSON.parse(text) as T;
}
