import { invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type AsyncCommand, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, named, sees, success } from '../find.ts';
import { renderAffinityGroup } from '../render-access.ts';

const types = ['host anti-affinity', 'host affinity', 'non-strict host anti-affinity', 'non-strict host affinity'];

export const listAffinityGroupTypes: SyncCommand = {
  name: 'listAffinityGroupTypes',
  description: 'Lists affinity group types available',
  params: listParams,
  run: () => ({ count: types.length, affinityGroupType: types.map((type) => ({ type })) }),
};

export const createAffinityGroup: AsyncCommand = {
  name: 'createAffinityGroup',
  description: 'Creates an affinity/anti-affinity group',
  jobClass: 'user.affinitygroup.CreateAffinityGroupCmd',
  params: {
    name: { type: 'string', required: true },
    type: { type: 'string', required: true },
    description: { type: 'string' },
    projectid: { type: 'string' },
  },
  start: (context, args) => {
    const { affinityGroups } = context.world.tables;
    const name = args.need('name');
    const type = args.need('type');
    if (!types.includes(type)) throw invalid(`Unable to create affinity group, no affinity group type found: ${type}`);
    if (affinityGroups.find((row) => row.name === name && row.account === context.account.id) !== undefined) {
      throw invalid(`Unable to create affinity group, a group with name ${name} already exists.`);
    }
    const description = args.text('description');
    const group = affinityGroups.add({
      created: context.clock.now(),
      name,
      type,
      account: context.account.id,
      ...(description === undefined ? {} : { description }),
    });
    return {
      created: group.id,
      // The server says the kind and not which.
      instance: { type: 'AffinityGroup', id: undefined },
      takes: 'other',
      finish: () => ({ affinitygroup: renderAffinityGroup(context, group) }),
    };
  },
};

export const listAffinityGroups: SyncCommand = {
  name: 'listAffinityGroups',
  description: 'Lists affinity groups',
  params: {
    ...listParams,
    id: { type: 'id', of: 'affinityGroups', forgets: true },
    name: { type: 'string' },
    type: { type: 'string' },
    virtualmachineid: { type: 'id', of: 'vms' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'affinityGroups');
    const vm = args.row('virtualmachineid', 'vms');
    const rows = context.world.tables.affinityGroups.filter(
      (group) =>
        sees(context, args, group.account) &&
        (id === undefined || group === id) &&
        (vm === undefined || vm.affinityGroups.includes(group.id)) &&
        named(args.text('name'), group.name) &&
        named(args.text('type'), group.type) &&
        matches(args, group.name),
    );
    return listOf(
      'affinitygroup',
      args,
      rows.map((group) => renderAffinityGroup(context, group)),
    );
  },
};

/** A group with members can be deleted: they are then no longer in it. */
export const deleteAffinityGroup: AsyncCommand = {
  name: 'deleteAffinityGroup',
  description: 'Deletes affinity group',
  jobClass: 'user.affinitygroup.DeleteAffinityGroupCmd',
  params: {
    id: { type: 'id', of: 'affinityGroups', forgets: true },
    name: { type: 'string' },
    projectid: { type: 'string' },
  },
  start: (context, args) => {
    const { affinityGroups, vms } = context.world.tables;
    const group =
      args.row('id', 'affinityGroups') ??
      affinityGroups.find((row) => row.name === args.text('name') && row.account === context.account.id);
    if (group === undefined) throw invalid('Either the affinity group Id or its name must be specified');
    mayChange(context, group.account);
    return {
      // The server says the kind and not which.
      instance: { type: 'AffinityGroup', id: undefined },
      takes: 'other',
      finish: () => {
        affinityGroups.drop(group.id);
        for (const vm of vms.filter((row) => row.affinityGroups.includes(group.id))) {
          vm.affinityGroups = vm.affinityGroups.filter((id) => id !== group.id);
        }
        return { ...success };
      },
    };
  },
};
