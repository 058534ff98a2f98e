import type { Network, PublicAddress, VirtualMachine } from '../api/resources.ts';
import type { FoundResources } from '../observe/found.ts';
import { extra, foreign, missing, type Planned } from './action.ts';
import {
  compareEgress,
  compareForwards,
  compareGroup,
  compareIngress,
  egressRules,
  ingressRules,
  publicAddressFor,
} from './rules.ts';
import type { WantedVm } from './wanted-vm.ts';

/**
 * The plan for the network of a VM. How it is connected is read from the VM: the Reactor may connect new VMs
 * differently by now.
 */
export function connection(wanted: WantedVm, found: FoundResources, vm: VirtualMachine): readonly Planned[] {
  const { vm: order, publicAccess } = wanted;
  const network = found.networks.find(({ id }) => vm.nics.some((nic) => nic.network === id));
  if (network === undefined) return guarded(wanted, found, vm);
  const own = onlyIn(network, found.addresses);
  const planned: Planned[] = found.networks
    .filter((other) => other !== network)
    .map((other) => ({ do: 'deleteNetwork', network: other, what: `network ${other.id}`, detail: 'a second network' }));
  const address = publicAddressFor(publicAccess, own, vm.id);
  const isStatic = publicAccess === 'StaticNat';
  if (order.ports.length > 0 && isStatic && address === undefined) {
    planned.push({ do: 'associateAddress', network, what: 'public address', detail: 'missing' });
  }
  if (order.ports.length > 0 && isStatic && address !== undefined && address.vm !== vm.id) {
    planned.push({ do: 'enableStaticNat', address, vm, what: `static NAT of ${address.ip}`, detail: 'not to the VM' });
  }
  for (const one of own) planned.push(...portsOf(wanted, found, vm, one, one === address));
  planned.push(...foreignAddresses(own, address));
  const egress = compareEgress(egressRules(order, network.egressAllowed), onlyIn(network, found.egress));
  planned.push(
    ...egress.extra.map((rule) => extra({ do: 'removeEgress', rule }, `egress rule ${rule.protocol}`)),
    ...egress.missing.map((rule) => missing({ do: 'allowEgress', network, rule }, rule.what)),
  );
  return planned;
}

/** Addresses in the tenure's network that are neither its source NAT nor the VM's own. */
function foreignAddresses(own: readonly PublicAddress[], vmAddress: PublicAddress | undefined): readonly Planned[] {
  return own
    .filter((address) => !address.sourceNat && address !== vmAddress)
    .map(({ ip }) => foreign(`address ${ip}`, "acquired by others in the tenure's network"));
}

function onlyIn<T extends { readonly network: string | undefined }>(
  network: Network,
  rows: readonly T[],
): readonly T[] {
  return rows.filter((row) => row.network === network.id);
}

/** The ports open on one address; only the VM's own address should have any. */
function portsOf(
  { vm: order, publicAccess }: WantedVm,
  found: FoundResources,
  vm: VirtualMachine,
  address: PublicAddress,
  isPublic: boolean,
): readonly Planned[] {
  const onIt = (rule: { readonly address: string | undefined }) => rule.address === address.id;
  const ports = isPublic ? order.ports : [];
  const firewall = compareIngress(isPublic ? ingressRules(order) : [], found.firewall.filter(onIt));
  const forwarded = publicAccess === 'PortForwarding' ? ports : [];
  const forwards = compareForwards(forwarded, found.forwards.filter(onIt), vm.id);
  return [
    ...forwards.extra.map((rule) => extra({ do: 'removeForward', rule }, `forward of port ${rule.publicStart}`)),
    ...firewall.extra.map((rule) => extra({ do: 'closePort', rule }, `open port ${rule.startPort ?? 'any'}`)),
    ...firewall.missing.map((rule) => missing({ do: 'openPort', address, rule }, `firewall for ${rule.what}`)),
    ...forwards.missing.map((port) =>
      missing({ do: 'forwardPort', address, port, vm }, `forward of port ${port.port}`),
    ),
  ];
}

function guarded({ order, vm: wanted }: WantedVm, found: FoundResources, vm: VirtualMachine): readonly Planned[] {
  const group = found.securityGroups.find(({ name }) => vm.securityGroups.includes(name));
  if (group === undefined || group.name !== order.identity.name) return [];
  const { ingress, egress } = compareGroup(wanted, group);
  const both = [
    ['Ingress', ingress],
    ['Egress', egress],
  ] as const;
  return both.flatMap(([direction, difference]) => [
    ...difference.extra.map((rule) =>
      extra({ do: 'revoke', direction, rule: rule.id }, `${direction} from ${rule.cidr}`),
    ),
    ...difference.missing.map((rule) => missing({ do: 'authorize', group, direction, rule }, rule.what)),
  ]);
}
