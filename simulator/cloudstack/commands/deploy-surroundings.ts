import { denied, invalid } from '../api-error.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../command.ts';
import { usableNetwork } from '../networking.ts';
import type { Network, Zone } from '../rows.ts';

export function networksOf(context: Context, args: Arguments, zone: Zone): Network[] {
  const given = args.rows('networkids', 'networks').map((network) => usableNetwork(context, network));
  for (const network of given) {
    if (network.zone !== zone.id) throw invalid(`Network id=${network.id} doesn't belong to zone ${zone.id}`);
  }
  if (given.length > 0) return given;
  const { world, account } = context;
  const own = world.tables.networks.filter(
    (network) => network.account === account.id && network.zone === zone.id && network.type === 'Isolated',
  );
  if (own.length > 1) {
    throw invalid(`You have more than one Isolated network; please specify networkIds`);
  }
  const only = own[0] ?? world.tables.networks.find((network) => network.zone === zone.id && network.type === 'Shared');
  return [only ?? defaultNetwork(context, zone)];
}

/** An account without a network gets one with the account's name. */
function defaultNetwork(context: Context, zone: Zone): Network {
  const { world, account, clock } = context;
  const offering = world.tables.networkOfferings.find((row) => row.sourceNat && row.isDefault);
  if (offering === undefined) throw invalid('Unable to find a network offering for a default network');
  const name = `${account.name}-network`;
  return world.tables.networks.add({
    created: clock.now(),
    name,
    displayText: name,
    zone: zone.id,
    account: account.id,
    offering: offering.id,
    type: 'Isolated',
    state: 'Allocated',
    gateway: '10.1.1.1',
    netmask: '255.255.255.0',
    cidr: '10.1.1.0/24',
    vlan: 99,
    securityGroups: false,
    nextHost: 2,
    nextMac: 1,
  });
}

export function securityGroupsOf(
  context: Context,
  args: Arguments,
  zone: Zone,
  networks: readonly Network[],
): string[] {
  const given = args.rows('securitygroupids', 'securityGroups');
  if (given.length > 0 && !zone.securityGroups) {
    throw invalid("Can't create vm with security groups; security group feature is not enabled per zone");
  }
  if (given.some((group) => group.account !== context.account.id)) throw denied('Unable to use the security group');
  if (!networks.some((network) => network.securityGroups)) return [];
  if (given.length > 0) return given.map((group) => group.id);
  const own = context.world.tables.securityGroups.find(
    (group) => group.account === context.account.id && group.name === 'default',
  );
  return own === undefined ? [] : [own.id];
}

export function affinityGroupsOf(context: Context, args: Arguments): string[] {
  const byName = args.list('affinitygroupnames').map((name) => {
    const group = context.world.tables.affinityGroups.find(
      (row) => row.name === name && row.account === context.account.id,
    );
    if (group === undefined) throw invalid(`Unable to find affinity group by name ${name}`);
    return group;
  });
  return [...args.rows('affinitygroupids', 'affinityGroups'), ...byName].map((group) => group.id);
}

export function keysOf(context: Context, args: Arguments) {
  const single = args.text('keypair');
  const names = [...(single === undefined ? [] : [single]), ...args.list('keypairs')];
  return names.map((name) => {
    const pair = context.world.tables.keyPairs.find((row) => row.name === name && row.account === context.account.id);
    if (pair === undefined) throw invalid('Not all specified keypairs exist');
    return pair;
  });
}

/** Names are unique within a network domain, and a destroyed VM holds its name until it is expunged. */
export function refuseTakenName(context: Context, name: string, networks: readonly Network[]): void {
  for (const network of networks) {
    const taken = context.world.tables.vms.find(
      (vm) =>
        vm.name.toLowerCase() === name.toLowerCase() &&
        vm.state !== 'Error' &&
        vm.nics.some((nic) => nic.network === network.id) &&
        context.clock.now() - vm.created >= context.quirks.nameRaceMs,
    );
    if (taken === undefined) continue;
    const domain = network.domain ?? 'cs4sandbox.simulator';
    throw invalid(
      `The vm with hostName ${name} already exists in the network domain: ${domain}; network=${network.name}`,
    );
  }
}
