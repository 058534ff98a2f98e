import type {
  FirewallRule,
  PortForwarding,
  PublicAddress,
  SecurityGroup,
  SecurityGroupRule,
} from '../api/resources.ts';
import { ANYWHERE, type Port, type VmOrder } from './vm-order.ts';

/** A wanted rule, in the form in which rules are compared. */
export interface WantedRule {
  readonly protocol: string;
  readonly startPort: number | undefined;
  readonly endPort: number | undefined;
  /** Sources of ingress, destinations of egress. */
  readonly cidrs: readonly string[];
  /** For people: `port 22 (ssh)`. */
  readonly what: string;
}

/** Missing and superfluous rules. */
export interface RuleDifference<R> {
  readonly missing: readonly WantedRule[];
  readonly extra: readonly R[];
}

/** The ports of an order as firewall rules. */
export function ingressRules({ ports }: VmOrder): readonly WantedRule[] {
  return ports.map((port) => ({
    protocol: port.protocol,
    startPort: port.port,
    endPort: port.endPort,
    cidrs: port.from,
    what: `port ${rangeOf(port)} (${port.name})`,
  }));
}

/** The egress rules of an order. `open`: the network or security group allows all egress by default. */
export function egressRules({ egress }: VmOrder, open: boolean): readonly WantedRule[] {
  if (egress === 'None') return [];
  if (egress === 'All') {
    return open
      ? []
      : [{ protocol: 'all', startPort: undefined, endPort: undefined, cidrs: [ANYWHERE], what: 'egress' }];
  }
  return egress.map(({ protocol, port, endPort, to }) => ({
    protocol,
    startPort: port,
    endPort,
    cidrs: to,
    what: port === undefined ? `${protocol} egress` : `${protocol} egress to port ${port}`,
  }));
}

/** Compares the firewall rules of one address with the wanted ones. */
export function compareIngress(
  wanted: readonly WantedRule[],
  found: readonly FirewallRule[],
): RuleDifference<FirewallRule> {
  return compare(wanted, found, (rule) => keyOf({ ...rule, cidrs: rule.cidrs }));
}

/** Compares the egress rules of a network. No destination means every destination. */
export function compareEgress(
  wanted: readonly WantedRule[],
  found: readonly FirewallRule[],
): RuleDifference<FirewallRule> {
  return compare(wanted, found, (rule) =>
    keyOf({ ...rule, cidrs: rule.destCidrs.length === 0 ? [ANYWHERE] : rule.destCidrs }),
  );
}

/**
 * Compares the forwards of one address to one VM. Public and private ports are equal, because the VM has the address
 * for itself.
 */
export function compareForwards(
  ports: readonly Port[],
  found: readonly PortForwarding[],
  vm: string,
): { readonly missing: readonly Port[]; readonly extra: readonly PortForwarding[] } {
  const fits = (port: Port, rule: PortForwarding) =>
    rule.vm === vm &&
    rule.protocol === port.protocol &&
    rule.publicStart === port.port &&
    rule.publicEnd === port.endPort &&
    rule.privateStart === port.port;
  return {
    missing: ports.filter((port) => !found.some((rule) => fits(port, rule))),
    extra: found.filter((rule) => !ports.some((port) => fits(port, rule))),
  };
}

/** Compares one direction of a security group. Its rules have one range each. */
function compareSecurityGroup(
  wanted: readonly WantedRule[],
  found: readonly SecurityGroupRule[],
): RuleDifference<SecurityGroupRule> {
  const single = wanted.flatMap((rule) => rule.cidrs.map((cidr) => ({ ...rule, cidrs: [cidr] })));
  return compare(single, found, (rule) => keyOf({ ...rule, cidrs: [rule.cidr] }));
}

/** Both directions of a group. */
export function compareGroup(order: VmOrder, group: SecurityGroup) {
  return {
    ingress: compareSecurityGroup(ingressRules(order), group.ingress),
    egress: compareSecurityGroup(egressRules(order, true), group.egress),
  };
}

/** The address ports are opened on: the VM's own by static NAT, else the network's source NAT address. */
export function publicAddressFor(
  publicAccess: 'PortForwarding' | 'StaticNat',
  addresses: readonly PublicAddress[],
  vm: string,
): PublicAddress | undefined {
  if (publicAccess === 'PortForwarding') return addresses.find((address) => address.sourceNat);
  const own = addresses.filter((address) => !address.sourceNat);
  // Others may have acquired more addresses: the one that leads to the VM counts.
  return own.find((address) => address.vm === vm) ?? own[0];
}

/** `22`, or `6000-6010`. */
export function rangeOf({ port, endPort }: Pick<Port, 'port' | 'endPort'>): string {
  return port === endPort ? String(port) : `${port}-${endPort}`;
}

function compare<R>(
  wanted: readonly WantedRule[],
  found: readonly R[],
  keyOfFound: (rule: R) => string,
): RuleDifference<R> {
  const have = new Set(found.map(keyOfFound));
  const want = new Set(wanted.map(keyOf));
  return {
    missing: wanted.filter((rule) => !have.has(keyOf(rule))),
    extra: found.filter((rule) => !want.has(keyOfFound(rule))),
  };
}

function keyOf(rule: Pick<WantedRule, 'protocol' | 'startPort' | 'endPort' | 'cidrs'>): string {
  // ICMP has types instead of ports, and CloudStack may report them as such.
  const ports =
    rule.protocol === 'icmp' || rule.protocol === 'all' ? '' : `${rule.startPort ?? ''}-${rule.endPort ?? ''}`;
  return `${rule.protocol}/${ports}/${[...rule.cidrs].sort().join(',')}`;
}
