import { invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type AsyncCommand, listOf, type SyncCommand } from '../command.ts';
import { mayChange, newestFirst, sees } from '../find.ts';
import { renderPortForwarding } from '../render-network.ts';
import { conflictOf, overlaps, portRange } from '../rule-conflicts.ts';
import { deleter } from './firewall.ts';

export const createPortForwardingRule: AsyncCommand = {
  name: 'createPortForwardingRule',
  description: 'Creates a port forwarding rule',
  jobClass: 'user.firewall.CreatePortForwardingRuleCmd',
  params: {
    ipaddressid: { type: 'id', of: 'addresses', required: true },
    protocol: { type: 'string', required: true },
    publicport: { type: 'integer', required: true },
    publicendport: { type: 'integer' },
    privateport: { type: 'integer', required: true },
    privateendport: { type: 'integer' },
    virtualmachineid: { type: 'id', of: 'vms', required: true },
    networkid: { type: 'id', of: 'networks' },
    openfirewall: { type: 'boolean' },
    cidrlist: { type: 'list' },
  },
  start: (context, args) => {
    const { world } = context;
    const address = args.needRow('ipaddressid', 'addresses');
    const vm = args.needRow('virtualmachineid', 'vms');
    if (address.network === undefined) throw invalid(`Ip address id=${address.seq} not ready for firewall rules yet`);
    mayChange(context, address.account);
    mayChange(context, vm.account);
    const span = portRange(args.integer('publicport'), args.integer('publicendport'));
    const inner = portRange(args.integer('privateport'), args.integer('privateendport'));
    const size = (range: { startPort?: number; endPort?: number }) => (range.endPort ?? 0) - (range.startPort ?? 0);
    if (size(span) !== size(inner)) throw invalid('Source port and destination port ranges should be of equal sizes.');
    if (!vm.nics.some((nic) => nic.network === address.network)) {
      throw invalid("Vm doesn't belong to network associated with ipAddress");
    }
    const protocol = args.need('protocol').toLowerCase();
    const clash = world.tables.rules.find(
      (rule) =>
        rule.purpose === 'PortForwarding' &&
        rule.address === address.id &&
        rule.protocol === protocol &&
        overlaps(rule, span),
    );
    if (clash !== undefined) throw conflictOf(clash, span, 4360);
    if (address.staticNatVm !== undefined) {
      const shown = `IPAddress {"address":"${address.ip}","dataCenterId":1,"id":${address.seq},"uuid":"${address.id}"}`;
      throw invalid(`Unable to create port forwarding rule; ip ${shown} has static nat enabled`);
    }
    const common = {
      created: context.clock.now(),
      traffic: 'Ingress',
      network: address.network,
      address: address.id,
      protocol,
      ...span,
      destCidrs: [],
      account: address.account ?? context.account.id,
    } as const;
    const rule = world.tables.rules.add({
      ...common,
      purpose: 'PortForwarding',
      destCidrs: [],
      cidrs: args.list('cidrlist'),
      ...(inner.startPort === undefined ? {} : { privateStart: inner.startPort }),
      ...(inner.endPort === undefined ? {} : { privateEnd: inner.endPort }),
      vm: vm.id,
    });
    // By default the port is also opened to everybody in the firewall.
    if (args.flag('openfirewall') !== false) {
      world.tables.rules.add({ ...common, purpose: 'Firewall', destCidrs: [], cidrs: ['0.0.0.0/0'], vm: vm.id });
    }
    return {
      created: rule.id,
      instance: { type: 'FirewallRule', id: rule.id },
      lane: address.network,
      takes: 'other',
      finish: () => ({ portforwardingrule: renderPortForwarding(context, rule) }),
    };
  },
};

export const listPortForwardingRules: SyncCommand = {
  name: 'listPortForwardingRules',
  description: 'Lists all port forwarding rules for an IP address.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'rules', forgets: true },
    ipaddressid: { type: 'id', of: 'addresses' },
    networkid: { type: 'id', of: 'networks' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'rules');
    const address = args.row('ipaddressid', 'addresses');
    const network = args.row('networkid', 'networks');
    const rows = context.world.tables.rules.filter(
      (rule) =>
        rule.purpose === 'PortForwarding' &&
        sees(context, args, rule.account) &&
        (id === undefined || rule === id) &&
        (address === undefined || rule.address === address.id) &&
        (network === undefined || rule.network === network.id),
    );
    return listOf(
      'portforwardingrule',
      args,
      newestFirst(rows).map((rule) => renderPortForwarding(context, rule)),
    );
  },
};

export const updatePortForwardingRule: AsyncCommand = {
  name: 'updatePortForwardingRule',
  description: 'Updates a port forwarding rule. Only the private port and the virtual machine can be updated.',
  jobClass: 'user.firewall.UpdatePortForwardingRuleCmd',
  params: {
    id: { type: 'id', of: 'rules', required: true, forgets: true },
    virtualmachineid: { type: 'id', of: 'vms' },
    privateport: { type: 'integer' },
    privateendport: { type: 'integer' },
  },
  start: (context, args) => {
    const rule = args.needRow('id', 'rules');
    mayChange(context, rule.account);
    return {
      lane: rule.network,
      takes: 'other',
      finish: () => {
        const start = args.integer('privateport');
        if (start !== undefined) {
          rule.privateStart = start;
          rule.privateEnd = args.integer('privateendport') ?? start;
        }
        const vm = args.row('virtualmachineid', 'vms');
        if (vm !== undefined) rule.vm = vm.id;
        return { portforwardingrule: renderPortForwarding(context, rule) };
      },
    };
  },
};

export const deletePortForwardingRule = deleter(
  'deletePortForwardingRule',
  'Deletes a port forwarding rule',
  'DeletePortForwardingRuleCmd',
);
