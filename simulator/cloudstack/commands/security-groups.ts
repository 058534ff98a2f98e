import { randomUUID } from 'node:crypto';
import { ApiError, invalid } from '../api-error.ts';
import { type Arguments, listParams } from '../arguments.ts';
import { type AsyncCommand, type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, named, sees, success, tagged } from '../find.ts';
import { renderSecurityGroup } from '../render-access.ts';
import type { SecurityGroup, SecurityGroupRule } from '../rows.ts';
import { portRange } from '../rule-conflicts.ts';

export const createSecurityGroup: SyncCommand = {
  name: 'createSecurityGroup',
  description: 'Creates a security group',
  params: {
    name: { type: 'string', required: true },
    description: { type: 'string' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const { securityGroups } = context.world.tables;
    const name = args.need('name');
    if (securityGroups.find((row) => row.name === name && row.account === context.account.id) !== undefined) {
      throw invalid(`Unable to create security group, a group with name ${name} already exists.`);
    }
    const description = args.text('description');
    const group = securityGroups.add({
      created: context.clock.now(),
      name,
      account: context.account.id,
      rules: [],
      ...(description === undefined ? {} : { description }),
    });
    return { securitygroup: renderSecurityGroup(context, group) };
  },
};

export const listSecurityGroups: SyncCommand = {
  name: 'listSecurityGroups',
  description: 'Lists security groups',
  params: {
    ...listParams,
    id: { type: 'id', of: 'securityGroups' },
    securitygroupname: { type: 'string' },
    virtualmachineid: { type: 'id', of: 'vms' },
    tags: { type: 'map' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'securityGroups');
    const tag = tagged(context, args, 'SecurityGroup');
    const rows = context.world.tables.securityGroups.filter(
      (group) =>
        sees(context, args, group.account) &&
        (id === undefined || group === id) &&
        named(args.text('securitygroupname'), group.name) &&
        matches(args, group.name) &&
        tag(group),
    );
    return listOf(
      'securitygroup',
      args,
      rows.map((group) => renderSecurityGroup(context, group)),
    );
  },
};

export const authorizeSecurityGroupIngress = authorizer('Ingress');
export const authorizeSecurityGroupEgress = authorizer('Egress');
export const revokeSecurityGroupIngress = revoker('Ingress');
export const revokeSecurityGroupEgress = revoker('Egress');

export const deleteSecurityGroup: SyncCommand = {
  name: 'deleteSecurityGroup',
  description: 'Deletes security group',
  params: {
    id: { type: 'id', of: 'securityGroups' },
    name: { type: 'string' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const group = chosen(context, args, 'id', 'name');
    if (group.name === 'default') throw invalid('The network group default is reserved');
    const used = context.world.tables.vms.find((vm) => vm.securityGroups.includes(group.id));
    if (used !== undefined) {
      throw new ApiError(536, 9999, `Cannot delete group when it's in use by virtual machines`);
    }
    context.world.tables.securityGroups.drop(group.id);
    return { ...success };
  },
};

function authorizer(direction: SecurityGroupRule['direction']): AsyncCommand {
  return {
    name: `authorizeSecurityGroup${direction}`,
    description: `Authorizes a particular ${direction.toLowerCase()} rule for this security group`,
    jobClass: `user.securitygroup.AuthorizeSecurityGroup${direction}Cmd`,
    params: {
      securitygroupid: { type: 'id', of: 'securityGroups' },
      securitygroupname: { type: 'string' },
      protocol: { type: 'string' },
      startport: { type: 'integer' },
      endport: { type: 'integer' },
      icmptype: { type: 'integer' },
      icmpcode: { type: 'integer' },
      cidrlist: { type: 'list' },
      projectid: { type: 'string' },
    },
    start: (context, args) => {
      const group = chosen(context, args, 'securitygroupid', 'securitygroupname');
      const protocol = (args.text('protocol') ?? 'all').toLowerCase();
      const cidrs = args.list('cidrlist');
      if (cidrs.length === 0) throw invalid('Either cidrlist or usersecuritygrouplist is required by this command');
      const span =
        protocol === 'all' || protocol === 'icmp' ? {} : portRange(args.integer('startport'), args.integer('endport'));
      const icmp =
        protocol === 'icmp'
          ? { icmpType: args.integer('icmptype') ?? -1, icmpCode: args.integer('icmpcode') ?? -1 }
          : {};
      return {
        instance: { type: 'SecurityGroup', id: group.id },
        lane: group.id,
        takes: 'other',
        finish: () => {
          const added = cidrs
            .map((cidr) => ({ id: randomUUID(), direction, protocol, ...span, ...icmp, cidr }))
            .filter((rule) => !group.rules.some((other) => sameRule(other, rule)));
          group.rules.push(...added);
          const { virtualmachinecount: _, ...row } = renderSecurityGroup(context, group);
          return { securitygroup: row };
        },
      };
    },
  };
}

function revoker(direction: SecurityGroupRule['direction']): AsyncCommand {
  return {
    name: `revokeSecurityGroup${direction}`,
    description: `Deletes a particular ${direction.toLowerCase()} rule from this security group`,
    jobClass: `user.securitygroup.RevokeSecurityGroup${direction}Cmd`,
    params: { id: { type: 'string', required: true } },
    start: (context, args) => {
      const id = args.need('id');
      const holds = (group: SecurityGroup) =>
        group.rules.some((rule) => rule.id === id && rule.direction === direction);
      const group = context.world.tables.securityGroups.find(holds);
      if (group === undefined) throw invalid(`Unable to find security rule with id ${id}`);
      mayChange(context, group.account);
      return {
        instance: { type: 'SecurityGroup', id: group.id },
        lane: group.id,
        takes: 'other',
        finish: () => {
          group.rules = group.rules.filter((rule) => rule.id !== id);
          return { ...success };
        },
      };
    },
  };
}

function chosen(context: Context, args: Arguments, idName: string, nameName: string): SecurityGroup {
  const group =
    args.row(idName, 'securityGroups') ??
    context.world.tables.securityGroups.find(
      (row) => row.name === args.text(nameName) && row.account === context.account.id,
    );
  if (group === undefined) throw invalid('Unable to find security group');
  mayChange(context, group.account);
  return group;
}

function sameRule(a: SecurityGroupRule, b: SecurityGroupRule): boolean {
  return (
    a.direction === b.direction &&
    a.protocol === b.protocol &&
    a.startPort === b.startPort &&
    a.endPort === b.endPort &&
    a.icmpType === b.icmpType &&
    a.icmpCode === b.icmpCode &&
    a.cidr === b.cidr
  );
}
