import type { SimulatorOptions } from '../../../simulator/cloudstack/simulator.ts';
import { guardedNetwork, openNetwork, orderFor, startBench } from '../../../test/support/cloud.ts';
import { type ConformanceHarness, reactorConformance } from '../../../test/support/reactor-conformance.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { Order } from '../port.ts';
import { diskOfVolume, keyPairName } from './observe/names.ts';

const ports = [{ name: 'ssh', port: 22 }];

async function harness(config: Partial<CloudStackConfig>, options: SimulatorOptions = {}): Promise<ConformanceHarness> {
  const bench = await startBench(options, config);
  const { simulator, clock } = bench;
  const { tables } = simulator.world;
  const vmsOf = ({ identity }: Order) => tables.vms.filter((vm) => vm.name === identity.name);
  return {
    reactor: () => bench.reactor(),
    time: clock,
    order: () => orderFor({ network: { ports }, dataDisks: [{ name: 'data', sizeGiB: 3 }] }),
    changed: (order) => ({
      ...orderFor({
        cpu: 2,
        memoryMiB: 4096,
        network: { ports: [...ports, { name: 'rpc', port: 9944 }] },
        dataDisks: [{ name: 'data', sizeGiB: 5 }],
      }),
      identity: order.identity,
      consumer: order.consumer,
      accessKey: order.accessKey,
    }),
    impossible: () => [
      { order: orderFor({ image: 'plan9' }), code: 'VmImageNotOffered', path: '/image' },
      { order: orderFor({ cpu: 200 }), code: 'VmSizeNotOffered', path: '/cpu' },
      { order: orderFor({ hostname: 'bad_name' }), code: 'VmDescriptorInvalid', path: '/hostname' },
      { order: orderFor({ rootDiskGiB: 5000 }), code: 'VmSizeNotOffered', path: '/rootDiskGiB' },
    ],
    holdings: async ({ identity, accessKey }) => {
      const named = (row: { name: string }) => row.name === identity.name;
      return [
        ...tables.vms.filter(named).map((vm) => `VM ${vm.state}`),
        ...tables.networks.filter(named).map(() => 'network'),
        ...tables.securityGroups.filter(named).map(() => 'security group'),
        ...tables.keyPairs.filter((row) => row.name === keyPairName(accessKey)).map(() => 'key pair'),
        ...tables.volumes
          .filter((row) => diskOfVolume(row.name, identity) !== undefined)
          .map((row) => `volume ${row.name}`),
      ];
    },
    writes: () =>
      [...simulator.calls]
        .filter(([command]) => !/^(list|query|get)/.test(command))
        .reduce((sum, [, count]) => sum + count, 0),
    sabotage: async (order, how) => {
      for (const { id } of vmsOf(order)) {
        if (how === 'Stop') await bench.asAdmin('stopVirtualMachine', { id });
        else await bench.asAdmin('destroyVirtualMachine', { id, expunge: 'true' });
      }
    },
    outage: async (on) => simulator.faults.set(on ? [{ command: '*', kind: 'Html' }] : []),
    stranger: async (order) => {
      const victim = new TenureDriver(bench.reactor(), orderFor(), clock);
      await victim.settle();
      const [vm] = vmsOf(victim.order);
      if (vm === undefined) throw new Error('no VM to change the marker of');
      vm.name = order.identity.name;
      const before = JSON.stringify(vm);
      return async () => JSON.stringify(tables.vms.get(vm.id)) === before;
    },
    close: () => bench.stop(),
  };
}

reactorConformance('CloudStack with isolated networks', () => harness({}));
reactorConformance('CloudStack with static NAT', () =>
  harness({ network: { mode: 'Isolated', publicAccess: 'StaticNat' } }),
);
reactorConformance('CloudStack as it was in 4.13', () =>
  harness({}, { quirks: { substringNames: true, strictUserDataLimit: true } }),
);
reactorConformance('CloudStack with security groups', () => harness(guardedNetwork));
reactorConformance('CloudStack with a shared network', () => harness(openNetwork));
