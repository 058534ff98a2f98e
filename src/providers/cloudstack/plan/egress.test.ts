import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, guardedNetwork, orderFor, startBench } from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { Json } from '../../../base/json.ts';

let bench: Bench;
afterEach(() => bench.stop());

/** The egress that a network's rules allow, in words. */
function letOut(): readonly string[] {
  return [...bench.simulator.world.tables.rules.live()]
    .filter(({ traffic }) => traffic === 'Egress')
    .map(({ protocol, startPort, endPort, destCidrs }) => {
      const ports = startPort === undefined ? '' : ` ${startPort}-${endPort}`;
      return `${protocol}${ports} to ${destCidrs.join(',') || 'anywhere'}`;
    })
    .sort();
}

/** The egress that the tenure's security group allows; no rules allow everything. */
function groupLetsOut({ order }: TenureDriver): readonly string[] {
  const group = bench.simulator.world.tables.securityGroups.find(({ name }) => name === order.identity.name);
  return (group?.rules ?? [])
    .filter(({ direction }) => direction === 'Egress')
    .map(({ protocol, startPort, endPort, cidr }) => {
      const ports = startPort === undefined ? '' : ` ${startPort}-${endPort}`;
      return `${protocol}${ports} to ${cidr}`;
    })
    .sort();
}

async function running(egress: Json | undefined, config = {}): Promise<TenureDriver> {
  bench = await startBench({}, config);
  const network = egress === undefined ? {} : { egress };
  const driver = new TenureDriver(bench.reactor(), orderFor({ network }), bench.clock);
  await driver.settle();
  return driver;
}

const some: Json = [
  { protocol: 'tcp', port: 443, to: ['198.51.100.7/24', '203.0.113.0/24'] },
  { protocol: 'udp', port: 30_333, endPort: 30_335 },
  { protocol: 'icmp' },
];

describe('egress of a network that denies by default', () => {
  it.each<[string, Json | undefined, readonly string[]]>([
    ['everything if the order does not restrict it', undefined, ['all to anywhere']],
    ['everything', 'All', ['all to anywhere']],
    ['nothing', 'None', []],
    [
      'what is named',
      some,
      ['icmp to anywhere', 'tcp 443-443 to 198.51.100.0/24,203.0.113.0/24', 'udp 30333-30335 to anywhere'],
    ],
  ])('egress of a network that denies by default is %s', async (_what, egress, expected) => {
    await running(egress);
    expect(letOut()).toEqual(expected);
  });

  it('egress rules that somebody added or removed are corrected', async () => {
    const driver = await running(some);
    const before = letOut();
    const { rules } = bench.simulator.world.tables;
    const [first, second] = rules.filter(({ traffic }) => traffic === 'Egress');
    if (first === undefined || second === undefined) throw new Error('there are no rules');
    rules.drop(first.id);
    second.destCidrs = ['192.0.2.0/24'];
    await bench.asAdmin('createEgressFirewallRule', {
      networkid: second.network,
      protocol: 'tcp',
      startport: '25',
      endport: '25',
    });
    await bench.clock.pass(60_000);
    await driver.until(({ action }) => action !== 'rest', 20);
    await driver.settle();
    expect(letOut()).toEqual(before);
  });

  it('egress rules change with the order while the VM runs', async () => {
    const driver = await running('All');
    const { identity, consumer, accessKey } = driver.order;
    for (const [egress, expected] of [
      [[{ protocol: 'tcp', port: 443 }], ['tcp 443-443 to anywhere']],
      ['None', []],
      ['All', ['all to anywhere']],
    ] as const) {
      driver.order = { ...orderFor({ network: { egress } }), identity, consumer, accessKey };
      await driver.settle();
      expect(letOut()).toEqual(expected);
    }
    expect(bench.simulator.calls.get('stopVirtualMachine')).toBeUndefined();
  });
});

describe('egress of a security group', () => {
  it.each<[string, Json | undefined, readonly string[]]>([
    ['everything if the order does not restrict it', undefined, []],
    [
      'what is named',
      some,
      [
        'icmp to 0.0.0.0/0',
        'tcp 443-443 to 198.51.100.0/24',
        'tcp 443-443 to 203.0.113.0/24',
        'udp 30333-30335 to 0.0.0.0/0',
      ],
    ],
  ])('egress of a security group is %s', async (_what, egress, expected) => {
    const driver = await running(egress, guardedNetwork);
    expect(groupLetsOut(driver)).toEqual(expected);
  });
});
