import { badParameter, invalid } from '../api-error.ts';
import { type Arguments, listParams } from '../arguments.ts';
import { type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, named, newestFirst, tagged } from '../find.ts';
import type { Json } from '../json.ts';
import {
  renderDiskOffering,
  renderNetworkOffering,
  renderServiceOffering,
  renderTemplate,
  renderZone,
} from '../render-catalogue.ts';
import type { Row } from '../rows.ts';
import { offeringServices } from '../services.ts';

/** The filters every one of these lists has: `id`, `name` (exact) and `keyword`. */
function wanted<T extends Row & { name: string }>(args: Arguments, one: T | undefined, rows: Iterable<T>): T[] {
  return [...rows].filter(
    (row) => (one === undefined || row.id === one.id) && named(args.text('name'), row.name) && matches(args, row.name),
  );
}

export const listZones: SyncCommand = {
  name: 'listZones',
  description: 'Lists zones',
  params: {
    ...listParams,
    id: { type: 'id', of: 'zones' },
    name: { type: 'string' },
    available: { type: 'boolean' },
  },
  run: ({ world }, args) => {
    const rows = wanted(args, args.row('id', 'zones'), world.tables.zones.live());
    return listOf('zone', args, rows.map(renderZone));
  },
};

export const listServiceOfferings: SyncCommand = {
  name: 'listServiceOfferings',
  description: 'Lists all available service offerings.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'serviceOfferings' },
    name: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
    virtualmachineid: { type: 'id', of: 'vms' },
  },
  run: (context, args) => {
    const { serviceOfferings } = context.world.tables;
    const rows = wanted(args, args.row('id', 'serviceOfferings'), serviceOfferings.live());
    const active = rows.filter((row) => row.active);
    return listOf(
      'serviceoffering',
      args,
      active.map((row) => renderServiceOffering(context, row)),
    );
  },
};

export const listDiskOfferings: SyncCommand = {
  name: 'listDiskOfferings',
  description: 'Lists all available disk offerings.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'diskOfferings' },
    name: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
  },
  run: ({ world }, args) => {
    const rows = wanted(args, args.row('id', 'diskOfferings'), world.tables.diskOfferings.live());
    return listOf('diskoffering', args, rows.map(renderDiskOffering));
  },
};

export const listNetworkOfferings: SyncCommand = {
  name: 'listNetworkOfferings',
  description: 'Lists all available network offerings.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'networkOfferings' },
    name: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
    guestiptype: { type: 'string' },
    state: { type: 'string' },
    forvpc: { type: 'boolean' },
  },
  run: ({ world }, args) => {
    const type = args.text('guestiptype');
    const rows = wanted(args, args.row('id', 'networkOfferings'), world.tables.networkOfferings.live()).filter(
      (row) => type === undefined || row.guestType === type,
    );
    return listOf(
      'networkoffering',
      args,
      rows.map((row) => renderNetworkOffering(row, offeringServices(row))),
    );
  },
};

export const listTemplates: SyncCommand = {
  name: 'listTemplates',
  description: 'List all public, private, and privileged templates.',
  params: {
    ...listParams,
    templatefilter: { type: 'string', required: true },
    id: { type: 'id', of: 'templates' },
    name: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
    tags: { type: 'map' },
  },
  run: (context, args) => {
    const { account, world } = context;
    const filter = args.need('templatefilter');
    if (!templateFilters.includes(filter)) {
      throw badParameter(`No enum constant com.cloud.template.VirtualMachineTemplate.TemplateFilter.${filter}`);
    }
    if (filter === 'all' && account.role !== 'Admin') {
      throw invalid('Filter all can be specified by admin only');
    }
    const tag = tagged(context, args, 'Template');
    const rows = wanted(args, args.row('id', 'templates'), world.tables.templates.live()).filter((row) => {
      const own = row.account === account.id;
      if (!tag(row)) return false;
      if (filter === 'self' || filter === 'selfexecutable') return own;
      if (filter === 'featured') return row.featured && row.public;
      if (filter === 'community') return !row.featured && row.public;
      return own || row.public || account.role === 'Admin';
    });
    const zones = world.tables.zones.filter((zone) => args.row('zoneid', 'zones')?.id === zone.id);
    const shown = zones.length > 0 ? zones : [...world.tables.zones.live()].slice(0, 1);
    return listOf(
      'template',
      args,
      newestFirst(rows).map((row) => renderTemplate(context, row, row.ready ? shown[0] : undefined)),
    );
  },
};

export const listHypervisors: SyncCommand = {
  name: 'listHypervisors',
  description: 'List hypervisors',
  params: { zoneid: { type: 'id', of: 'zones' } },
  run: ({ world }) => {
    const names = new Set([...world.tables.templates.live()].map((row) => row.hypervisor));
    return { count: names.size, hypervisor: [...names].map((name) => ({ name })) };
  },
};

export const listCapabilities: SyncCommand = {
  name: 'listCapabilities',
  description: 'Lists capabilities',
  params: {},
  run: (context) => ({ capability: capabilities(context) }),
};

const templateFilters = ['featured', 'self', 'selfexecutable', 'sharedexecutable', 'executable', 'community', 'all'];

function capabilities({ account, world }: Context): Json {
  const mayExpunge = account.role === 'Admin' || world.setting('allow.user.expunge.recover.vm') === 'true';
  return {
    securitygroupsenabled: world.tables.zones.find((zone) => zone.securityGroups) !== undefined,
    dynamicrolesenabled: true,
    cloudstackversion: '4.22.0.0-SNAPSHOT',
    userpublictemplateenabled: true,
    supportELB: 'false',
    projectinviterequired: false,
    allowusercreateprojects: true,
    customdiskofferingminsize: 1,
    customdiskofferingmaxsize: 1024,
    regionsecondaryenabled: false,
    kvmsnapshotenabled: true,
    allowuserviewdestroyedvm: false,
    allowuserexpungerecovervm: mayExpunge,
    allowuserexpungerecovervolume: true,
    allowuserviewalldomainaccounts: false,
    allowuserforcestopvm: true,
    kubernetesserviceenabled: false,
    kubernetesclusterexperimentalfeaturesenabled: false,
    customhypervisordisplayname: 'Custom',
    defaultuipagesize: 20,
    instancesstatsretentiontime: 720,
    instancesstatsuseronly: false,
    instancesdisksstatsretentionenabled: false,
    instancesdisksstatsretentiontime: 720,
    sharedfsvmmincpucount: 2,
    sharedfsvmminramsize: 1024,
    instanceleaseenabled: false,
    dynamicscalingenabled: true,
    additionalconfigenabled: false,
    ...(world.setting('api.throttling.enabled') === 'true'
      ? {
          apilimitinterval: Number(world.setting('api.throttling.interval')),
          apilimitmax: Number(world.setting('api.throttling.max')),
        }
      : {}),
  };
}
