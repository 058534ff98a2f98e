import type { Context } from './command.ts';
import type { Json } from './json.ts';
import { inDomain, moment, tagsOf } from './render.ts';
import type { DiskOffering, NetworkOffering, ServiceOffering, Template, Zone } from './rows.ts';

export function renderZone(zone: Zone): Json {
  return {
    id: zone.id,
    name: zone.name,
    networktype: zone.networkType,
    securitygroupsenabled: zone.securityGroups,
    gputotal: 0,
    gpuused: 0,
    allocationstate: zone.enabled ? 'Enabled' : 'Disabled',
    zonetoken: zone.id,
    dhcpprovider: 'VirtualRouter',
    localstorageenabled: false,
    tags: [],
    allowuserspecifyvrmtu: false,
    routerprivateinterfacemaxmtu: 1500,
    routerpublicinterfacemaxmtu: 1500,
    type: 'Core',
    isnsxenabled: false,
    ismultiarch: false,
    asnrange: '',
    routedmodeenabled: true,
    hasannotations: false,
  };
}

export function renderServiceOffering(context: Context, offering: ServiceOffering): Json {
  const disk = context.world.tables.diskOfferings.get(offering.diskOffering);
  const { bounds } = offering;
  return {
    id: offering.id,
    name: offering.name,
    state: offering.active ? 'Active' : 'Inactive',
    displaytext: offering.displayText,
    ...sizeShown(offering),
    created: moment(offering.created),
    storagetype: 'shared',
    provisioningtype: 'thin',
    offerha: false,
    limitcpuuse: false,
    isvolatile: false,
    issystem: false,
    defaultuse: false,
    iscustomized: offering.customized,
    ...(bounds === undefined
      ? {}
      : {
          serviceofferingdetails: {
            mincpunumber: String(bounds.minCpu),
            maxcpunumber: String(bounds.maxCpu),
            minmemory: String(bounds.minMemoryMiB),
            maxmemory: String(bounds.maxMemoryMiB),
          },
        }),
    rootdisksize: 0,
    dynamicscalingenabled: true,
    diskofferingstrictness: false,
    diskofferingid: offering.diskOffering,
    diskofferingname: disk?.name ?? offering.name,
    diskofferingdisplaytext: disk?.displayText ?? offering.displayText,
    encryptroot: false,
    hasannotations: false,
  };
}

/** Customised offerings show what of the size is fixed. */
function sizeShown({ customized, cpu, cpuSpeed, memoryMiB }: ServiceOffering): Json {
  if (!customized) return { cpunumber: cpu, cpuspeed: cpuSpeed, memory: memoryMiB };
  return cpuSpeed > 0 ? { cpuspeed: cpuSpeed } : {};
}

export function renderDiskOffering(offering: DiskOffering): Json {
  return {
    id: offering.id,
    name: offering.name,
    state: 'Active',
    displaytext: offering.displayText,
    disksize: offering.sizeGiB,
    created: moment(offering.created),
    iscustomized: offering.customized,
    storagetype: 'shared',
    provisioningtype: 'thin',
    displayoffering: true,
    disksizestrictness: false,
    encrypt: false,
    hasannotations: false,
  };
}

/** What virtual routers run on. */
const ROUTER_OFFERING = '6c1b71da-2b3d-4dd3-a670-b77fce045b88';

export function renderNetworkOffering(offering: NetworkOffering, services: readonly Json[]): Json {
  return {
    id: offering.id,
    name: offering.name,
    displaytext: offering.displayText,
    created: moment(offering.created),
    traffictype: 'Guest',
    isdefault: offering.isDefault,
    specifyvlan: offering.specifyVlan,
    conservemode: true,
    specifyipranges: offering.guestType === 'Shared',
    availability: offering.availability,
    networkrate: 200,
    state: 'Enabled',
    guestiptype: offering.guestType,
    ...(offering.sourceNat ? { serviceofferingid: ROUTER_OFFERING } : {}),
    service: services,
    forvpc: offering.forVpc,
    fornsx: false,
    fortungsten: false,
    ispersistent: false,
    egressdefaultpolicy: offering.egressAllowed,
    supportsstrechedl2subnet: false,
    supportspublicaccess: false,
    supportsinternallb: false,
    internetprotocol: 'IPv4',
    specifyasnumber: false,
    hasannotations: false,
  };
}

export function renderTemplate(context: Context, template: Template, zone: Zone | undefined): Json {
  const builtin = template.type === 'BUILTIN';
  return {
    id: template.id,
    name: template.name,
    displaytext: template.displayText,
    ispublic: template.public,
    created: moment(template.created),
    isready: template.ready,
    passwordenabled: false,
    format: template.format,
    isfeatured: template.featured,
    crossZones: builtin,
    ostypeid: template.osType,
    ostypename: template.osName,
    account: context.world.tables.accounts.get(template.account)?.name ?? 'system',
    ...(zone === undefined ? {} : { zoneid: zone.id, zonename: zone.name }),
    size: template.sizeBytes,
    physicalsize: template.sizeBytes,
    templatetype: template.type,
    hypervisor: template.hypervisor,
    ...inDomain,
    isextractable: false,
    checksum: template.checksum ?? '',
    details: {},
    downloaddetails: [
      { downloadState: 'DOWNLOADED', datastore: 'nfs://secondary.invalid/export/secondary', downloadPercent: '100' },
    ],
    arch: 'x86_64',
    bits: 0,
    sshkeyenabled: false,
    isdynamicallyscalable: false,
    directdownload: false,
    deployasis: false,
    forcks: false,
    requireshvm: false,
    tags: tagsOf(context, 'Template', template.id),
    hasannotations: false,
  };
}
