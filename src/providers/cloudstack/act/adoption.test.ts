import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from '../../../../simulator/cloudstack/rows.ts';
import { type Bench, openNetwork, orderFor, startBench } from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import { identityOf, type TenureIdentity } from '../../../award/identity.ts';
import type { Order } from '../../port.ts';
import { CloudStackClient } from '../api/client.ts';
import { TENURE_TAG } from '../observe/names.ts';

/** How a neighbouring VM is named and marked, given the tenure under test. */
type Likeness = (identity: TenureIdentity) => string;

const otherTenure = ({ tenure }: TenureIdentity) => identityOf({ ...tenure, tenure: tenure.tenure + 1 });

const names: readonly Likeness[] = [
  ({ name }) => `x${name}`,
  ({ name }) => `${name}0`,
  ({ name }) => name.toUpperCase(),
  (identity) => otherTenure(identity).name,
  () => 'database',
];

const displayNames: readonly Likeness[] = [
  ({ marker }) => marker,
  ({ marker }) => `${marker}1`,
  ({ marker }) => marker.toUpperCase(),
  (identity) => otherTenure(identity).marker,
  ({ name }) => name,
  () => 'my database',
];

const tags: readonly Likeness[] = [
  ({ marker }) => marker,
  ({ marker }) => `${marker}1`,
  (identity) => otherTenure(identity).marker,
  () => '',
];

interface Neighbour {
  readonly name: Likeness;
  readonly displayName: Likeness;
  readonly tag: Likeness | undefined;
  readonly state: 'Running' | 'Stopped' | 'Error' | 'Destroyed';
  /** It belongs to another account of the cloud. */
  readonly elsewhere: boolean;
}

/** Half of all neighbours have the most misleading likeness, the rest any of the others. */
const mostly = <T>(first: T, others: readonly T[]) => fc.oneof(fc.constant(first), fc.constantFrom(...others));

const stranger: fc.Arbitrary<Neighbour> = fc.record({
  name: mostly(({ name }: TenureIdentity) => name, names),
  displayName: fc.constantFrom(...displayNames),
  tag: mostly<Likeness | undefined>(undefined, tags),
  state: fc.constantFrom('Running', 'Stopped', 'Error', 'Destroyed'),
  elsewhere: fc.boolean(),
});

/** VMs that racing deploys of the same tenure leave behind, or deploys whose reply was lost. */
const twin: fc.Arbitrary<Neighbour> = fc.record({
  name: fc.constant<Likeness>(({ name }) => name),
  displayName: fc.constant<Likeness>(({ marker }) => marker),
  tag: fc.constantFrom<Likeness | undefined>(undefined, ({ marker }) => marker),
  state: fc.constantFrom('Running', 'Stopped', 'Error'),
  elsewhere: fc.constant(false),
});

const neighbour = fc.oneof({ arbitrary: stranger, weight: 2 }, { arbitrary: twin, weight: 1 });

/** The owner of a VM by the documented rule: the tag decides; without a tag the display name does. */
function isOurs({ elsewhere, tag, displayName }: Neighbour, identity: TenureIdentity): boolean {
  if (elsewhere) return false;
  if (tag !== undefined) return tag(identity) === identity.marker;
  return displayName(identity) === identity.marker;
}

let bench: Bench;
let clients: { readonly ours: CloudStackClient; readonly theirs: CloudStackClient };

beforeAll(async () => {
  bench = await startBench({ cloud: { hosts: 40 } }, openNetwork);
  const { endpoint, accounts } = bench.simulator;
  const limits = { callsPerSecond: 100_000 };
  const clientOf = (credentials: typeof accounts.user) =>
    new CloudStackClient({ endpoint, credentials, clock: bench.clock, limits });
  clients = { ours: clientOf(accounts.user), theirs: clientOf(accounts.stranger) };
});
afterAll(async () => {
  await Promise.all([clients.ours.close(), clients.theirs.close()]);
  await bench.stop();
});

/** A VM that is deployed and then named and marked directly in the simulator. */
async function settleDown({ identity }: Order, looks: Neighbour): Promise<Vm> {
  const { tables } = bench.simulator.world;
  const named = <T extends { readonly id: string; readonly name: string }>(rows: Iterable<T>, name: string) =>
    [...rows].find((row) => row.name === name)?.id ?? '';
  const client = looks.elsewhere ? clients.theirs : clients.ours;
  const { id } = await client.call(
    'deployVirtualMachine',
    {
      zoneid: named(tables.zones.live(), 'zone-1'),
      serviceofferingid: named(tables.serviceOfferings.live(), 'small'),
      templateid: named(tables.templates.live(), 'debian-12'),
      networkids: named(tables.networks.live(), 'shared-lan'),
    },
    AbortSignal.timeout(10_000),
  );
  const vm = tables.vms.must(String(id));
  while (vm.state !== 'Running') await bench.clock.pass(1);
  vm.name = looks.name(identity);
  vm.displayName = looks.displayName(identity);
  vm.state = looks.state;
  if (looks.tag !== undefined) tag(vm, TENURE_TAG, looks.tag(identity));
  return vm;
}

function tag(vm: Vm, key: string, value: string): void {
  const { tags: rows } = bench.simulator.world.tables;
  rows.add({ created: 0, account: vm.account, resource: vm.id, resourceType: 'UserVm', key, value });
}

/** Everything that can change about a VM. */
function picture(vm: Vm): string {
  const { tags: rows, volumes } = bench.simulator.world.tables;
  return JSON.stringify([
    vm,
    rows.filter(({ resource }) => resource === vm.id),
    volumes.filter((volume) => volume.vm === vm.id),
  ]);
}

/**
 * The VMs that belong to the tenure by a marker it can be found by: its tag, or without one its name and display name.
 */
function ownVms({ name, marker }: TenureIdentity): Vm[] {
  const { vms, tags: rows } = bench.simulator.world.tables;
  return vms.filter((vm) => {
    const found = rows.find(({ resource, key }) => resource === vm.id && key === TENURE_TAG);
    return found === undefined ? vm.name === name && vm.displayName === marker : found.value === marker;
  });
}

describe('neighbours that look alike', () => {
  it('among VMs that look alike a tenure adopts only its own, has at most one, touches no other, and leaves none behind', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(neighbour, { maxLength: 4 }), async (neighbours) => {
        const order = orderFor();
        const { identity } = order;
        const made = await Promise.all(
          neighbours.map(async (looks) => ({ looks, vm: await settleDown(order, looks) })),
        );
        const strangers = made.filter(({ looks }) => !isOurs(looks, identity)).map(({ vm }) => vm);
        const before = strangers.map(picture);
        const unseen = made.filter(({ looks }) => looks.state === 'Destroyed').map(({ vm }) => vm);
        const own = () => ownVms(identity).filter((vm) => !strangers.includes(vm) && !unseen.includes(vm));
        const driver = new TenureDriver(bench.reactor(), order, bench.clock);
        for (let count = 0; count < 12; count++) await driver.reconcile();
        expect(strangers.map(picture)).toEqual(before);
        expect(own().filter(({ name }) => name === identity.name).length).toBeLessThanOrEqual(1);
        driver.wanted = 'Ended';
        for (let count = 0; count < 25; count++) await driver.reconcile();
        expect(strangers.map(picture)).toEqual(before);
        expect(own()).toEqual([]);
        for (const { vm } of made) bench.simulator.world.tables.vms.drop(vm.id);
      }),
      { numRuns: 30 },
    );
  });
});
