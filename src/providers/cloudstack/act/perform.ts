import { RefusedError } from '../../../errors/dinfra-error.ts';
import { errorOf } from '../api/failure.ts';
import { type Outcome, staleOr, startJob } from '../api/jobs.ts';
import { isObject, text } from '../api/reply.ts';
import type { Parameters } from '../api/signing.ts';
import { affinityGroupName, keyPairName, volumeName } from '../observe/names.ts';
import type { DirectReader } from '../observe/reader.ts';
import type { Action } from '../plan/action.ts';
import type { WantedRule } from '../plan/rules.ts';
import { encodeUserData } from '../plan/user-data.ts';
import { ANYWHERE, type VmOrder } from '../plan/vm-order.ts';
import type { ActionContext } from './context.ts';
import { deploy } from './deploy.ts';
import { createNetwork, createSecurityGroup, ensureAffinityGroup, ensureKeyPair } from './prerequisites.ts';

/**
 * Performs one action. Each can be repeated after a crash at any point: an action that creates something first checks
 * whether it exists, or gets that answer from CloudStack.
 */
export async function perform(action: Action, context: ActionContext, signal: AbortSignal): Promise<Outcome> {
  const { client, wanted, scope } = context;
  const { identity } = wanted.order;
  const start = (what: string, command: string, parameters: Parameters) =>
    startJob(client, what, command, parameters, signal);
  switch (action.do) {
    case 'registerKey':
      return ensureKeyPair(context, signal);
    case 'createNetwork':
      return createNetwork(context, signal);
    case 'createSecurityGroup':
      return createSecurityGroup(context, signal);
    case 'createAffinityGroup':
      return ensureAffinityGroup(context, signal);
    case 'deploy':
      return deploy(context, signal);
    case 'destroyDuplicate': {
      const parameters = { id: action.vm.id, ...(context.expunge ? { expunge: 'true' } : {}) };
      return start(`destroying the second VM ${action.vm.id}`, 'destroyVirtualMachine', parameters);
    }
    case 'deleteNetwork':
      return start('removing the second network', 'deleteNetwork', { id: action.network.id });
    case 'deleteVolume':
      await client.call('deleteVolume', { id: action.volume.id }, signal);
      return { message: 'removed a second disk' };
    case 'restoreName':
      await client.call(
        'updateVirtualMachine',
        {
          id: action.vm.id,
          displayname: identity.marker,
          ...(action.vm.name === identity.name ? {} : { name: identity.name }),
        },
        signal,
      );
      return { message: 'gave the VM its name back' };
    case 'associateAddress':
      return start('acquiring a public address', 'associateIpAddress', { networkid: action.network.id, ...scope });
    case 'enableStaticNat':
      return enableStaticNat(action, context, signal);
    case 'openPort': {
      const { address, rule } = action;
      const parameters = { ipaddressid: address.id, ...portsOf(rule), cidrlist: rule.cidrs.join(',') };
      return start(`opening ${rule.what}`, 'createFirewallRule', parameters);
    }
    case 'forwardPort': {
      const { address, port, vm } = action;
      return start(`forwarding port ${port.port}`, 'createPortForwardingRule', {
        ipaddressid: address.id,
        protocol: port.protocol,
        publicport: String(port.port),
        publicendport: String(port.endPort),
        privateport: String(port.port),
        privateendport: String(port.endPort),
        virtualmachineid: vm.id,
        // The firewall rules are separate actions, because the order restricts sources.
        openfirewall: 'false',
      });
    }
    case 'allowEgress': {
      const { network, rule } = action;
      const everywhere = rule.cidrs.length === 1 && rule.cidrs[0] === ANYWHERE;
      const to: Parameters = everywhere ? {} : { destcidrlist: rule.cidrs.join(',') };
      return start(`allowing ${rule.what}`, 'createEgressFirewallRule', {
        networkid: network.id,
        ...portsOf(rule),
        ...to,
      });
    }
    case 'closePort':
      return start(`closing port ${action.rule.startPort ?? 'any'}`, 'deleteFirewallRule', { id: action.rule.id });
    case 'removeForward':
      return start(`removing a forward`, 'deletePortForwardingRule', { id: action.rule.id });
    case 'removeEgress':
      return start('removing an egress rule', 'deleteEgressFirewallRule', { id: action.rule.id });
    case 'authorize': {
      const { direction, group, rule } = action;
      return start(`allowing ${rule.what}`, `authorizeSecurityGroup${direction}`, {
        securitygroupid: group.id,
        ...portsOf(rule),
        cidrlist: rule.cidrs.join(','),
        ...scope,
      });
    }
    case 'revoke':
      return start('removing a rule of the security group', `revokeSecurityGroup${action.direction}`, {
        id: action.rule,
      });
    case 'createVolume':
      return start(`making the disk ${action.disk.name}`, 'createVolume', {
        name: volumeName(identity, action.disk.name),
        diskofferingid: (await context.diskOffering()) ?? '',
        size: String(action.disk.sizeGiB),
        zoneid: action.zone,
        ...scope,
      });
    case 'attachVolume': {
      const parameters = { id: action.volume.id, virtualmachineid: action.vm.id };
      return start(`attaching the disk ${action.volume.name}`, 'attachVolume', parameters);
    }
    case 'growVolume': {
      const parameters = { id: action.volume.id, size: String(action.sizeGiB) };
      return start(`growing the disk ${action.volume.name}`, 'resizeVolume', parameters);
    }
    case 'scale': {
      const { id, details } = await context.offering();
      return start('resizing the VM', 'scaleVirtualMachine', { id: action.vm.id, serviceofferingid: id, ...details });
    }
    case 'resetKey': {
      const { keyPair = keyPairName(wanted.order.accessKey) } = await ensureKeyPair(context, signal);
      const parameters = { id: action.vm.id, keypair: keyPair, ...scope };
      return start("giving the VM the consumer's key", 'resetSSHKeyForVirtualMachine', parameters);
    }
    case 'regroup':
      return context.exclusively(() => regroup(action.vm.id, context, signal));
    case 'applyChange':
      return applyChange(action.vm.id, context, signal);
    case 'untag':
      return start('removing the tags of the earlier order', 'deleteTags', {
        resourcetype: 'UserVm',
        resourceids: action.vm.id,
        ...Object.fromEntries(action.keys.map((key, index) => [`tags[${index}].key`, key])),
      });
    case 'tag':
      return start('tagging the VM', 'createTags', {
        resourcetype: 'UserVm',
        resourceids: action.vm.id,
        ...Object.fromEntries(
          [...action.tags].flatMap(([key, value], index) => [
            [`tags[${index}].key`, key],
            [`tags[${index}].value`, value],
          ]),
        ),
      });
    case 'refuse':
      throw new RefusedError(action.reason, { message: 'this part of the order is refused', path: action.path });
  }
}

async function enableStaticNat(
  { address, vm }: Extract<Action, { do: 'enableStaticNat' }>,
  { client }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome> {
  if (address.vm !== undefined) {
    return startJob(
      client,
      'taking the address from another VM',
      'disableStaticNat',
      { ipaddressid: address.id },
      signal,
    );
  }
  const parameters = { ipaddressid: address.id, virtualmachineid: vm.id };
  const reply = await client.attempt('enableStaticNat', parameters, signal);
  // A repetition for the same VM is answered with 431; the next observation sees that it is done.
  if (reply.kind === 'Failed') throw staleOr(errorOf(reply.failure), reply.failure.kind);
  return { message: `gave the VM the address ${address.ip}`, command: 'enableStaticNat' };
}

async function regroup(vm: string, context: ActionContext, signal: AbortSignal): Promise<Outcome> {
  const { wanted, client, reader } = context;
  await ensureAffinityGroup(context, signal);
  const { affinity } = wanted.vm;
  const name = affinity && affinityGroupName(wanted.order.identity, wanted.order.consumer, affinity.group);
  const groups = name === undefined ? [] : await reader.affinityGroups({ name }, signal);
  const ids = groups.filter((group) => group.name === name).map((group) => group.id);
  return startJob(
    client,
    'changing the affinity group',
    'updateVMAffinityGroup',
    { id: vm, affinitygroupids: ids.join(',') },
    signal,
  );
}

/** Empty user-data. */
const NO_USER_DATA = Buffer.from('#cloud-config\n').toString('base64');

/**
 * Changes user-data and root disk, which listings do not show: both are read, and each is changed if it differs. The
 * tag is set only after an observation found no difference in either.
 */
async function applyChange(
  vm: string,
  { wanted, client, reader }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const growth = await rootDiskGrowth(wanted.vm, vm, reader, signal);
  const body = await client.call('getVirtualMachineUserData', { virtualmachineid: vm }, signal);
  const current = isObject(body['virtualmachineuserdata'])
    ? text(body['virtualmachineuserdata']['userdata'])
    : undefined;
  // An empty value would change nothing.
  const userdata = encodeUserData(wanted.vm) ?? (current === undefined ? undefined : NO_USER_DATA);
  const changed = userdata !== undefined && userdata !== current;
  if (changed) await client.call('updateVirtualMachine', { id: vm, userdata }, signal);
  const userDataChanged =
    'changed the user-data: cloud-init reads it at the next start, and does what it does at every start';
  if (growth === undefined) return { message: changed ? userDataChanged : undefined };
  const { volume, sizeGiB } = growth;
  const what = `growing the root disk to ${sizeGiB} GiB`;
  const outcome = await startJob(client, what, 'resizeVolume', { id: volume, size: String(sizeGiB) }, signal);
  return changed ? { ...outcome, message: `${userDataChanged}; ${outcome.message ?? what}` } : outcome;
}

/** The new size of the root disk; undefined if it is as ordered. Throws VmChangeRefused if it would shrink. */
export async function rootDiskGrowth(
  { rootDiskGiB: ordered }: VmOrder,
  vm: string,
  reader: DirectReader,
  signal: AbortSignal,
): Promise<{ readonly volume: string; readonly sizeGiB: number } | undefined> {
  if (ordered === undefined) return undefined;
  const root = (await reader.volumesOf(vm, signal)).find((volume) => volume.type === 'ROOT');
  if (root === undefined) return undefined;
  const has = Math.round(root.sizeBytes / 1_073_741_824);
  if (has > ordered) {
    throw new RefusedError('VmChangeRefused', {
      message: `rootDiskGiB is ${ordered}, but the disk has ${has} GiB and disks do not shrink`,
      path: '/rootDiskGiB',
    });
  }
  return has === ordered ? undefined : { volume: root.id, sizeGiB: ordered };
}

function portsOf({ protocol, startPort, endPort }: WantedRule): Parameters {
  // ICMP without a type matches nothing: -1 stands for every type and code.
  if (protocol === 'icmp') return { protocol, icmptype: '-1', icmpcode: '-1' };
  if (startPort === undefined) return { protocol };
  return { protocol, startport: String(startPort), endport: String(endPort ?? startPort) };
}
