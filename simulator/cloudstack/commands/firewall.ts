import { badParameter, invalid } from '../api-error.ts';
import { type Arguments, listParams } from '../arguments.ts';
import { type AsyncCommand, type Context, listOf, type SyncCommand } from '../command.ts';
import { mayChange, newestFirst, sees, success } from '../find.ts';
import type { Json } from '../json.ts';
import { renderFirewallRule } from '../render-network.ts';
import type { Address, Network, Rule } from '../rows.ts';
import { conflictOf, overlaps, portRange, type Span } from '../rule-conflicts.ts';

const ruleParams = {
  protocol: { type: 'string', required: true },
  startport: { type: 'integer' },
  endport: { type: 'integer' },
  cidrlist: { type: 'list' },
  destcidrlist: { type: 'list' },
  icmptype: { type: 'integer' },
  icmpcode: { type: 'integer' },
  type: { type: 'string' },
} as const;

export const createFirewallRule: AsyncCommand = {
  name: 'createFirewallRule',
  description: 'Creates a firewall rule for a given IP address',
  jobClass: 'user.firewall.CreateFirewallRuleCmd',
  params: { ipaddressid: { type: 'id', of: 'addresses', required: true }, ...ruleParams },
  start: (context, args) => {
    const address = args.needRow('ipaddressid', 'addresses');
    const network = networkOf(context, address);
    const wanted = asked(args, ['tcp', 'udp', 'icmp']);
    const cidrs = cidrsOf(args, 'cidrlist');
    const sources = cidrs.length === 0 ? ['0.0.0.0/0'] : cidrs;
    const clash = context.world.tables.rules.find(
      (rule) =>
        rule.purpose === 'Firewall' &&
        rule.address === address.id &&
        rule.protocol === wanted.protocol &&
        sources.some((cidr) => rule.cidrs.includes(cidr)) &&
        // A rule without ports conflicts with nothing that has them.
        (rule.startPort === undefined) === (wanted.startPort === undefined) &&
        overlaps(rule, wanted),
    );
    if (clash !== undefined) throw conflictOf(clash, wanted, 4360);
    return made(
      context,
      { ...wanted, traffic: 'Ingress', cidrs: sources, destCidrs: [], address: address.id },
      network,
    );
  },
};

export const createEgressFirewallRule: AsyncCommand = {
  name: 'createEgressFirewallRule',
  description: 'Creates a egress firewall rule for a given network ',
  jobClass: 'user.firewall.CreateEgressFirewallRuleCmd',
  params: { networkid: { type: 'id', of: 'networks', required: true }, ...ruleParams },
  start: (context, args) => {
    const network = args.needRow('networkid', 'networks');
    if (network.removed !== undefined) throw invalid(`Unable to find network by id ${network.seq}`);
    mayChange(context, network.account);
    const wanted = asked(args, ['tcp', 'udp', 'icmp', 'all']);
    const given = cidrsOf(args, 'cidrlist');
    const prefix = network.gateway.split('.').slice(0, 3).join('.');
    const outside = given.filter((cidr) => !cidr.startsWith(`${prefix}.`));
    if (outside.length > 0)
      throw badParameter(`[${outside.join(',')}] is not within the guest CIDR [${network.cidr}]. `);
    const cidrs = given.length === 0 ? [network.cidr] : given;
    const destCidrs = cidrsOf(args, 'destcidrlist');
    // Only equal rules conflict: overlapping ones are accepted.
    const clash = context.world.tables.rules.find(
      (rule) =>
        rule.traffic === 'Egress' &&
        rule.network === network.id &&
        rule.protocol === wanted.protocol &&
        rule.startPort === wanted.startPort &&
        rule.endPort === wanted.endPort &&
        same(rule.cidrs, cidrs) &&
        same(rule.destCidrs, destCidrs),
    );
    if (clash !== undefined) throw conflictOf(clash, wanted, 9999);
    return made(context, { ...wanted, traffic: 'Egress', cidrs, destCidrs }, network);
  },
};

const listRuleParams = {
  ...listParams,
  id: { type: 'id', of: 'rules', forgets: true },
  networkid: { type: 'id', of: 'networks' },
  ipaddressid: { type: 'id', of: 'addresses' },
  projectid: { type: 'string' },
} as const;

export const listFirewallRules: SyncCommand = {
  name: 'listFirewallRules',
  description: 'Lists all firewall rules for an IP address.',
  params: listRuleParams,
  run: (context, args) => {
    const address = args.row('ipaddressid', 'addresses');
    if (address !== undefined) networkOf(context, address);
    return listed(context, args, 'Ingress');
  },
};

export const listEgressFirewallRules: SyncCommand = {
  name: 'listEgressFirewallRules',
  description: 'Lists all egress firewall rules for network ID.',
  params: listRuleParams,
  run: (context, args) => listed(context, args, 'Egress'),
};

export const updateFirewallRule: AsyncCommand = {
  name: 'updateFirewallRule',
  description: 'Updates firewall rule ',
  jobClass: 'user.firewall.UpdateFirewallRuleCmd',
  params: { id: { type: 'id', of: 'rules', required: true, forgets: true }, fordisplay: { type: 'boolean' } },
  start: (context, args) => {
    const rule = args.needRow('id', 'rules');
    mayChange(context, rule.account);
    return { lane: rule.network, takes: 'other', finish: () => ({ firewallrule: renderFirewallRule(context, rule) }) };
  },
};

export const deleteFirewallRule = deleter('deleteFirewallRule', 'Deletes a firewall rule', 'DeleteFirewallRuleCmd');

export const deleteEgressFirewallRule = deleter(
  'deleteEgressFirewallRule',
  'Deletes an egress firewall rule',
  'DeleteEgressFirewallRuleCmd',
);

/** Deleting a rule; its id is unknown afterwards. */
export function deleter(name: string, description: string, jobClass: string): AsyncCommand {
  return {
    name,
    description,
    jobClass: `user.firewall.${jobClass}`,
    params: { id: { type: 'id', of: 'rules', required: true, forgets: true } },
    start: (context, args) => {
      const rule = args.needRow('id', 'rules');
      mayChange(context, rule.account);
      return {
        lane: rule.network,
        takes: 'other',
        finish: () => {
          context.world.tables.rules.drop(rule.id);
          return { ...success };
        },
      };
    },
  };
}

type Wanted = Span & { protocol: string; icmpType?: number; icmpCode?: number };

function asked(args: Arguments, protocols: readonly string[]): Wanted {
  const protocol = args.need('protocol').toLowerCase();
  if (!protocols.includes(protocol)) throw invalid(`Protocol ${protocol} is not supported in zone 1`);
  const icmpType = args.integer('icmptype');
  const range = portRange(args.integer('startport'), args.integer('endport'));
  return {
    protocol,
    ...range,
    ...(protocol === 'icmp' && icmpType !== undefined ? { icmpType, icmpCode: args.integer('icmpcode') ?? -1 } : {}),
  };
}

function cidrsOf(args: Arguments, name: string): string[] {
  const cidrs = args.list(name).map((cidr) => cidr.trim());
  for (const cidr of cidrs) {
    const [, a, b, c, d, bits] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? [];
    const valid = bits !== undefined && Number(bits) <= 32 && [a, b, c, d].every((part) => Number(part) <= 255);
    if (!valid && !cidr.includes(':')) throw badParameter(`Source CIDRs formatting error ${cidr}`);
  }
  return cidrs;
}

function networkOf(context: Context, address: Address): Network {
  if (address.network === undefined) throw invalid(`Ip address id=${address.seq} not ready for firewall rules yet`);
  mayChange(context, address.account);
  return context.world.tables.networks.must(address.network);
}

function made(
  context: Context,
  rule: Omit<Rule, 'id' | 'seq' | 'created' | 'purpose' | 'network' | 'account'>,
  network: Network,
) {
  const row = context.world.tables.rules.add({
    created: context.clock.now(),
    purpose: 'Firewall',
    network: network.id,
    account: network.account,
    ...rule,
  });
  return {
    created: row.id,
    instance: { type: 'FirewallRule', id: row.id },
    lane: network.id,
    takes: 'other' as const,
    finish: () => ({ firewallrule: renderFirewallRule(context, row) }),
  };
}

function listed(context: Context, args: Arguments, traffic: Rule['traffic']): Json {
  const id = args.row('id', 'rules');
  const network = args.row('networkid', 'networks');
  const address = args.row('ipaddressid', 'addresses');
  const rows = context.world.tables.rules.filter(
    (rule) =>
      rule.purpose === 'Firewall' &&
      rule.traffic === traffic &&
      sees(context, args, rule.account) &&
      (id === undefined || rule === id) &&
      (network === undefined || rule.network === network.id) &&
      (address === undefined || rule.address === address.id),
  );
  return listOf(
    'firewallrule',
    args,
    newestFirst(rows).map((rule) => renderFirewallRule(context, rule)),
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join(',') === b.join(',');
}
