import { invalid } from '../api-error.ts';
import { type Arguments, listParams } from '../arguments.ts';
import { type Command, type Context, listOf } from '../command.ts';
import { matches, sees, tagged } from '../find.ts';
import { detailNames, renderNic, renderVm } from '../render-vm.ts';
import type { Vm } from '../rows.ts';

/** States a plain user does not see. */
const hidden = new Set(['Destroyed', 'Expunging']);

export const listVirtualMachines: Command = {
  name: 'listVirtualMachines',
  description: 'List the virtual machines owned by the account.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'vms' },
    ids: { type: 'ids', of: 'vms' },
    name: { type: 'string' },
    state: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
    templateid: { type: 'id', of: 'templates' },
    networkid: { type: 'id', of: 'networks' },
    groupid: { type: 'id', of: 'instanceGroups' },
    affinitygroupid: { type: 'id', of: 'affinityGroups' },
    serviceofferingid: { type: 'id', of: 'serviceOfferings' },
    details: { type: 'list' },
    tags: { type: 'map' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const details = detailsAsked(args);
    const rows = found(context, args).map((vm) => renderVm(context, vm, details));
    return listOf('virtualmachine', args, rows);
  },
};

export const listNics: Command = {
  name: 'listNics',
  description: 'list the vm nics  IP to NIC',
  params: {
    ...listParams,
    virtualmachineid: { type: 'id', of: 'vms', required: true },
    nicid: { type: 'string' },
    networkid: { type: 'id', of: 'networks' },
  },
  run: (context, args) => {
    const vm = args.needRow('virtualmachineid', 'vms');
    const nics = sees(context, args, vm.account) ? vm.nics : [];
    const wanted = nics.filter((nic) => args.text('nicid') === undefined || nic.id === args.text('nicid'));
    const rows = wanted.map((nic) => {
      const { secondaryip, ...row } = renderNic(context, nic);
      return { ...row, ...(nic.secondary.length === 0 ? {} : { secondaryip }), virtualmachineid: vm.id };
    });
    return listOf('nic', args, rows);
  },
};

function detailsAsked(args: Arguments): ReadonlySet<string> | undefined {
  const asked = args.list('details');
  const known: readonly string[] = detailNames;
  if (asked.some((detail) => !known.includes(detail))) {
    throw invalid(
      `The details parameter contains a non permitted value. The allowed values are [${detailNames.join(', ')}]`,
    );
  }
  return asked.length === 0 ? undefined : new Set(asked);
}

function found(context: Context, args: Arguments): Vm[] {
  const id = args.row('id', 'vms');
  const ids = args.rows('ids', 'vms');
  if (id !== undefined && ids.length > 0) throw invalid('Specify either id or ids but not both parameters');
  const chosen = id === undefined ? ids : [id];
  const state = args.text('state')?.toLowerCase();
  const name = args.text('name')?.toLowerCase();
  const tag = tagged(context, args, 'UserVm');
  const inProject = args.text('projectid') !== undefined;
  const wants = (row: { id: string } | undefined, value: string | undefined) => row === undefined || row.id === value;
  return context.world.tables.vms.filter(
    (vm) =>
      !inProject &&
      sees(context, args, vm.account) &&
      (context.account.role === 'Admin' || !hidden.has(vm.state)) &&
      (chosen.length === 0 || chosen.includes(vm)) &&
      (name === undefined || isNamed(context, vm, name)) &&
      (state === undefined || vm.state.toLowerCase() === state || (state === 'present' && !hidden.has(vm.state))) &&
      wants(args.row('zoneid', 'zones'), vm.zone) &&
      wants(args.row('templateid', 'templates'), vm.template) &&
      wants(args.row('serviceofferingid', 'serviceOfferings'), vm.offering) &&
      wants(args.row('groupid', 'instanceGroups'), vm.group) &&
      (args.row('affinitygroupid', 'affinityGroups') === undefined ||
        vm.affinityGroups.includes(args.row('affinitygroupid', 'affinityGroups')?.id ?? '')) &&
      (args.row('networkid', 'networks') === undefined ||
        vm.nics.some((nic) => nic.network === args.row('networkid', 'networks')?.id)) &&
      matches(args, vm.name, vm.displayName, vm.state) &&
      tag(vm),
  );
}

function isNamed({ quirks }: Context, vm: Vm, name: string): boolean {
  const own = vm.name.toLowerCase();
  return quirks.substringNames ? own.includes(name) : own === name;
}
