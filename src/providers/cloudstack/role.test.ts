import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { commands } from '../../../simulator/cloudstack/registry.ts';
import {
  type Bench,
  emptyHoldings,
  guardedNetwork,
  holdingsOf,
  openNetwork,
  orderFor,
  reordered,
  startBench,
  vmOf,
} from '../../../test/support/cloud.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { Json } from '../../base/json.ts';
import type { CallReport } from './api/client.ts';

let bench: Bench;
afterEach(() => bench.stop());

/** The commands that a provider has to allow according to docs/cloudstack.md. */
function documentedRole(): readonly string[] {
  const page = readFileSync(new URL('../../../docs/cloudstack.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('### What the role has to allow');
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  const names = [...rows.join('\n').matchAll(/`([a-z][A-Za-z]+)`/g)].flatMap(([, name]) => name ?? []);
  const known = new Set([...commands.values()].map(({ name }) => name));
  return names.filter((name) => known.has(name) || name === 'listProjects');
}

/** Gives the operator's account a separate role. */
function grant(allowed: readonly string[]): void {
  const account = bench.simulator.world.tables.accounts.find(({ name }) => name === 'dinfra');
  if (account === undefined) throw new Error('the account is gone');
  account.allowed = [...allowed];
}

const ssh = { name: 'ssh', port: 22 };
const rpc = { name: 'rpc', port: 9944 };

/** The allowed egress; a shared network without groups cannot restrict it. */
function egress(config: Partial<CloudStackConfig>, port: number): Json {
  return config === openNetwork ? 'All' : [{ protocol: 'tcp', port }];
}

/** A tenure's life with everything that an operator does: create, change, correct drift, suspend, resume, remove. */
async function live(config: Partial<CloudStackConfig>, onCall?: (call: CallReport) => void): Promise<void> {
  const order = orderFor({
    network: { ports: [ssh], egress: egress(config, 443) },
    dataDisks: [{ name: 'data', sizeGiB: 2 }],
    affinity: { group: 'nodes', hosts: 'Different' },
    userData: '#cloud-config\n',
  });
  const driver = new TenureDriver(bench.reactor(config, onCall), order, bench.clock);
  await driver.settle(80);
  driver.order = reordered(driver.order, {
    cpu: 2,
    memoryMiB: 4_096,
    network: { ports: [rpc], egress: egress(config, 80) },
    affinity: { group: 'other', hosts: 'Different' },
    dataDisks: [{ name: 'data', sizeGiB: 3 }],
    userData: '#cloud-config\nruncmd: []\n',
    rootDiskGiB: 40,
  });
  await driver.settle(120);
  const vm = vmOf(bench, driver.order);
  vm.displayName = 'renamed';
  await bench.clock.pass(60_000);
  await driver.until(({ action }) => action !== 'rest');
  await driver.settle();
  driver.wanted = 'Suspended';
  await driver.settle();
  vm.keyPairs = [];
  driver.wanted = 'Active';
  await driver.settle(80);
  driver.wanted = 'Ended';
  await driver.settle(80);
}

const ways: readonly (readonly [string, Partial<CloudStackConfig>])[] = [
  ['a network of its own', {}],
  ['an address of its own', { network: { mode: 'Isolated', publicAccess: 'StaticNat' } }],
  ['a security group', guardedNetwork],
  ['a shared network', openNetwork],
];

describe('with exactly the role that docs/cloudstack.md asks for', () => {
  it.each(ways)(
    'with the documented role a tenure with %s is created, changed, suspended, resumed and removed',
    async (_way, config) => {
      bench = await startBench();
      grant(documentedRole());
      await live(config);
      expect(holdingsOf(bench)).toEqual(emptyHoldings);
    },
  );

  it('the documented role grants every command that is called and no other', async () => {
    const refused: string[] = [];
    const called = new Set<string>();
    bench = await startBench();
    grant(documentedRole());
    for (const [, config] of ways) {
      await live(config, ({ command, outcome }) => {
        called.add(command);
        if (outcome === 'Forbidden') refused.push(command);
      });
    }
    expect(refused).toEqual([]);
    const uncalled = documentedRole().filter((name) => !called.has(name));
    // destroyVirtualMachine checks the right to expunge; the others are for removal without it, an address that was
    // given to another VM, and a project.
    expect(uncalled.sort()).toEqual(
      ['deleteVolume', 'detachVolume', 'disableStaticNat', 'expungeVirtualMachine', 'listProjects'].sort(),
    );
  });
});

describe('with a role that lacks expungeVirtualMachine', () => {
  it('without expungeVirtualMachine an ended tenure is stopped and destroyed immediately, and the wait for CloudStack is reported with its date', async () => {
    bench = await startBench();
    grant(documentedRole().filter((name) => name !== 'expungeVirtualMachine'));
    const driver = new TenureDriver(bench.reactor(), orderFor({ network: { ports: [ssh] } }), bench.clock);
    await driver.settle();
    driver.wanted = 'Ended';
    const ended = bench.clock.now();
    await driver.until(() => vmOf(bench, driver.order).state !== 'Running', 10);
    expect(bench.clock.now() - ended).toBeLessThan(60_000);
    const { error } = await driver.until((result) => result.error?.code === 'CloudStackExpungeForbidden', 30);
    expect(vmOf(bench, driver.order).state).toBe('Destroyed');
    const due = new Date(ended + 86_400_000).toISOString().slice(0, 10);
    expect(error?.message).toContain(`the VM ${driver.order.identity.name} is stopped and destroyed`);
    expect(error?.message).toContain(`CloudStack expunges it from ${due}`);
  });

  it('an ended tenure that waits for expungeVirtualMachine is removed once the provider grants it', async () => {
    bench = await startBench();
    grant(documentedRole().filter((name) => name !== 'expungeVirtualMachine'));
    const driver = new TenureDriver(bench.reactor(), orderFor({ dataDisks: [{ name: 'd', sizeGiB: 1 }] }), bench.clock);
    await driver.settle();
    driver.wanted = 'Ended';
    await driver.until((result) => result.error?.code === 'CloudStackExpungeForbidden', 40);
    grant(documentedRole());
    await driver.settle(60);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});
