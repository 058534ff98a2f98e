import type { Context } from './command.ts';
import type { Json } from './json.ts';
import { ownedBy, tagsOf } from './render.ts';
import type { AffinityGroup, KeyPair, SecurityGroup } from './rows.ts';
import { ROOT_DOMAIN } from './seed.ts';

export function renderKeyPair(context: Context, pair: KeyPair): Json {
  return {
    id: pair.id,
    name: pair.name,
    account: ownedBy(context, pair.account)['account'],
    domainid: ROOT_DOMAIN.id,
    domain: ROOT_DOMAIN.name,
    fingerprint: pair.fingerprint,
    hasannotations: false,
  };
}

export function renderAffinityGroup(context: Context, group: AffinityGroup): Json {
  const members = context.world.tables.vms.filter((vm) => vm.affinityGroups.includes(group.id));
  return {
    id: group.id,
    name: group.name,
    ...(group.description === undefined ? {} : { description: group.description }),
    ...ownedBy(context, group.account),
    type: group.type,
    ...(members.length === 0 ? {} : { virtualmachineIds: members.map((vm) => vm.id) }),
  };
}

export function renderSecurityGroup(context: Context, group: SecurityGroup): Json {
  const members = context.world.tables.vms.filter((vm) => vm.securityGroups.includes(group.id));
  const rules = (direction: 'Ingress' | 'Egress') =>
    group.rules
      .filter((rule) => rule.direction === direction)
      .map((rule) => ({
        ruleid: rule.id,
        protocol: rule.protocol,
        ...(rule.startPort === undefined ? {} : { startport: rule.startPort, endport: rule.endPort }),
        ...(rule.icmpType === undefined ? {} : { icmptype: rule.icmpType, icmpcode: rule.icmpCode }),
        cidr: rule.cidr,
      }));
  return {
    id: group.id,
    name: group.name,
    ...(group.description === undefined ? {} : { description: group.description }),
    ...ownedBy(context, group.account),
    ingressrule: rules('Ingress'),
    egressrule: rules('Egress'),
    tags: tagsOf(context, 'SecurityGroup', group.id),
    virtualmachinecount: members.length,
    virtualmachineids: members.map((vm) => vm.id),
  };
}
