import type { Network, PublicAddress, VirtualMachine } from '../api/shapes.ts';
import type { Look } from '../observe/look.ts';
import { extra, missing, type Planned } from './action.ts';
import type { Design } from './design.ts';
import {
  compareEgress,
  compareForwards,
  compareGroup,
  compareIngress,
  egressRules,
  ingressRules,
  publicAddressFor,
} from './wanted-rules.ts';

/** How the VM is connected is read off the VM itself: the Reactor may make new ones otherwise today. */
export function connection(design: Design, found: Look, vm: VirtualMachine): readonly Planned[] {
  const { vm: wanted, publicAccess } = design;
  const network = found.networks.find(({ id }) => vm.nics.some((nic) => nic.network === id));
  if (network === undefined) return guarded(design, found, vm);
  const planned: Planned[] = found.networks
    .filter((other) => other !== network)
    .map((other) => ({ do: 'deleteNetwork', network: other, what: `network ${other.id}`, detail: 'a second network' }));
  const address = publicAddressFor(publicAccess, onlyIn(network, found.addresses));
  const isStatic = publicAccess === 'StaticNat';
  if (wanted.ports.length > 0 && isStatic && address === undefined) {
    planned.push({ do: 'associateAddress', network, what: 'public address', detail: 'missing' });
  }
  if (wanted.ports.length > 0 && isStatic && address !== undefined && address.vm !== vm.id) {
    planned.push({ do: 'enableStaticNat', address, vm, what: `static NAT of ${address.ip}`, detail: 'not to the VM' });
  }
  for (const own of onlyIn(network, found.addresses)) planned.push(...portsOf(design, found, vm, own, own === address));
  const egress = compareEgress(egressRules(wanted, network.egressAllowed), onlyIn(network, found.egress));
  planned.push(
    ...egress.extra.map((rule) => extra({ do: 'removeEgress', rule }, `egress rule ${rule.protocol}`)),
    ...egress.missing.map((rule) => missing({ do: 'allowEgress', network, rule }, rule.what)),
  );
  return planned;
}

function onlyIn<T extends { readonly network: string | undefined }>(
  network: Network,
  rows: readonly T[],
): readonly T[] {
  return rows.filter((row) => row.network === network.id);
}

/** What is open on one address; only the one that is the VM's has anything. */
function portsOf(
  { vm: wanted, publicAccess }: Design,
  found: Look,
  vm: VirtualMachine,
  address: PublicAddress,
  isPublic: boolean,
): readonly Planned[] {
  const onIt = (rule: { readonly address: string | undefined }) => rule.address === address.id;
  const ports = isPublic ? wanted.ports : [];
  const firewall = compareIngress(isPublic ? ingressRules(wanted) : [], found.firewall.filter(onIt));
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

function guarded({ order, vm: wanted }: Design, found: Look, vm: VirtualMachine): readonly Planned[] {
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
