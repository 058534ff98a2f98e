import { ApiError, invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type AsyncCommand, listOf, type SyncCommand } from '../command.ts';
import { mayChange, success } from '../find.ts';
import { described } from '../placement.ts';
import { moment } from '../render.ts';
import { renderServiceOffering } from '../render-catalogue.ts';

export const createServiceOffering: SyncCommand = {
  name: 'createServiceOffering',
  description: 'Creates a service offering.',
  admin: true,
  params: {
    name: { type: 'string', required: true },
    displaytext: { type: 'string' },
    cpunumber: { type: 'integer' },
    cpuspeed: { type: 'integer' },
    memory: { type: 'integer' },
    customized: { type: 'boolean' },
    mincpunumber: { type: 'integer' },
    maxcpunumber: { type: 'integer' },
    minmemory: { type: 'integer' },
    maxmemory: { type: 'integer' },
  },
  run: (context, args) => {
    const { tables } = context.world;
    const name = args.need('name');
    const displayText = args.text('displaytext') ?? name;
    const created = context.clock.now();
    const cpu = args.integer('cpunumber');
    const disk = tables.diskOfferings.add({
      created,
      name,
      displayText,
      sizeGiB: 0,
      customized: false,
      removed: created,
    });
    const maxCpu = args.integer('maxcpunumber');
    const offering = tables.serviceOfferings.add({
      created,
      name,
      displayText,
      cpu: cpu ?? 0,
      cpuSpeed: args.integer('cpuspeed') ?? 0,
      memoryMiB: args.integer('memory') ?? 0,
      customized: cpu === undefined,
      ...(maxCpu === undefined
        ? {}
        : {
            bounds: {
              minCpu: args.integer('mincpunumber') ?? 1,
              maxCpu,
              minMemoryMiB: args.integer('minmemory') ?? 32,
              maxMemoryMiB: args.integer('maxmemory') ?? 2_147_483_647,
            },
          }),
      active: true,
      diskOffering: disk.id,
    });
    return { serviceoffering: renderServiceOffering(context, offering) };
  },
};

export const deleteServiceOffering: SyncCommand = {
  name: 'deleteServiceOffering',
  description: 'Deletes a service offering.',
  admin: true,
  params: { id: { type: 'id', of: 'serviceOfferings', required: true } },
  run: (_context, args) => {
    args.needRow('id', 'serviceOfferings').active = false;
    return { ...success };
  },
};

export const deleteTemplate: AsyncCommand = {
  name: 'deleteTemplate',
  description:
    'Deletes a template from the system. All virtual machines using the deleted template will not be affected.',
  jobClass: 'user.template.DeleteTemplateCmd',
  params: { id: { type: 'id', of: 'templates', required: true }, forced: { type: 'boolean' } },
  start: (context, args) => {
    const template = args.needRow('id', 'templates');
    if (template.removed !== undefined) {
      throw invalid(`Unable to find UUID for id [${template.seq}] of type [VirtualMachineTemplate]`);
    }
    return {
      instance: { type: 'Template', id: template.id },
      takes: 'other',
      begin: () => {
        const used = context.world.tables.vms.filter((vm) => vm.template === template.id);
        if (used.length > 0 && args.flag('forced') !== true) {
          const shown = `Template {"format":"${template.format}","id":${template.seq},"name":"${template.name}","uuid":"${template.id}"}`;
          const users = used.map(described).join(',');
          throw new ApiError(
            431,
            undefined,
            `Unable to delete template: ${shown} because VM instances: [${users}] are using it.`,
          );
        }
        mayChange(context, template.account);
      },
      finish: () => {
        template.removed = context.clock.now();
        return { ...success };
      },
    };
  },
};

export const updateConfiguration: SyncCommand = {
  name: 'updateConfiguration',
  description: 'Updates a configuration.',
  admin: true,
  params: { name: { type: 'string', required: true }, value: { type: 'string' } },
  run: (context, args) => {
    const name = args.need('name');
    context.world.settings[name] = args.text('value') ?? '';
    return { configuration: { name, value: context.world.settings[name], isdynamic: true } };
  },
};

export const listConfigurations: SyncCommand = {
  name: 'listConfigurations',
  description: 'Lists all configurations.',
  admin: true,
  params: { ...listParams, name: { type: 'string' } },
  run: (context, args) => {
    const wanted = Object.entries(context.world.settings).filter(
      ([name]) => args.text('name') === undefined || name === args.text('name'),
    );
    return listOf(
      'configuration',
      args,
      wanted.map(([name, value]) => ({ name, value, isdynamic: true })),
    );
  },
};

export const listHosts: SyncCommand = {
  name: 'listHosts',
  description: 'Lists hosts.',
  admin: true,
  params: { ...listParams, id: { type: 'id', of: 'hosts' }, zoneid: { type: 'id', of: 'zones' } },
  run: (context, args) => {
    const rows = context.world.tables.hosts.filter(
      (host) => args.row('id', 'hosts') === undefined || host === args.row('id', 'hosts'),
    );
    return listOf(
      'host',
      args,
      rows.map((host) => ({
        id: host.id,
        name: host.name,
        state: host.enabled ? 'Up' : 'Disabled',
        type: 'Routing',
        zoneid: host.zone,
        podname: host.pod,
        created: moment(host.created),
      })),
    );
  },
};
