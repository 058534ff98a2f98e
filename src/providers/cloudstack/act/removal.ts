import type { TenureIdentity } from '../../../award/identity.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { CloudStackClient } from '../api/client.ts';
import { errorOf } from '../api/failure.ts';
import type { Network, PublicAddress, SecurityGroup, VirtualMachine, Volume } from '../api/shapes.ts';
import type { Parameters } from '../api/signing.ts';
import { startJob } from '../api/start-job.ts';
import type { Look } from '../observe/look.ts';
import type { DirectSource } from '../observe/source.ts';
import { isAffinityGroupName, keyPairName } from '../plan/names.ts';
import type { Alone, Done } from './workshop.ts';

/** The next thing to take away. */
export type Removal =
  | { readonly do: 'releaseAddress'; readonly address: PublicAddress }
  | { readonly do: 'destroyVm'; readonly vm: VirtualMachine; readonly disks: readonly Volume[] }
  | { readonly do: 'detachVolume'; readonly volume: Volume }
  | { readonly do: 'deleteVolume'; readonly volume: Volume }
  | { readonly do: 'deleteNetwork'; readonly network: Network }
  | { readonly do: 'deleteSecurityGroup'; readonly group: SecurityGroup }
  | { readonly do: 'deleteKey' };

/** States in which CloudStack takes the VM away by itself. */
const leaving = new Set(['Expunging']);

/**
 * What is taken away next, from the outside in: addresses, which close the way to the VM and drop their rules; the VM
 * with its disks; disks that are left; network, security group and key. Pure. Nothing of a later stage is touched before
 * the earlier one was seen to be gone.
 */
export function nextRemovals(found: Look, expunge: boolean): readonly Removal[] {
  const addresses = found.addresses.filter((address) => !address.sourceNat);
  if (addresses.length > 0) return addresses.map((address) => ({ do: 'releaseAddress', address }));
  const vms = found.vms.filter((vm) => !leaving.has(vm.state));
  // Only an expunge takes data disks along; otherwise they have to be loose before their VM is out of sight.
  const attached = found.volumes.filter((volume) => vms.some((vm) => vm.id === volume.vm && vm.state !== 'Destroyed'));
  if (!expunge && attached.length > 0) return attached.map((volume) => ({ do: 'detachVolume', volume }));
  if (vms.length > 0) {
    return vms.map((vm) => ({
      do: 'destroyVm',
      vm,
      disks: found.volumes.filter((volume) => volume.vm === vm.id),
    }));
  }
  if (found.vms.length > 0) return [];
  if (found.volumes.length > 0) return found.volumes.map((volume) => ({ do: 'deleteVolume', volume }));
  if (found.networks.length + found.securityGroups.length > 0) {
    return [
      ...found.networks.map((network) => ({ do: 'deleteNetwork' as const, network })),
      ...found.securityGroups.map((group) => ({ do: 'deleteSecurityGroup' as const, group })),
    ];
  }
  return typeof found.keyPair === 'object' ? [{ do: 'deleteKey' }] : [];
}

/** What removals work with. */
export interface RemovalShop {
  readonly client: CloudStackClient;
  readonly source: DirectSource;
  readonly scope: Parameters;
  readonly identity: TenureIdentity;
  /** Whether destroyed VMs are to be, and may be, expunged. */
  readonly expunge: boolean;
  readonly alone: Alone;
}

/** Takes one thing away. What is gone already is success. */
export async function remove(removal: Removal, shop: RemovalShop, signal: AbortSignal): Promise<Done> {
  const { client, scope, identity } = shop;
  switch (removal.do) {
    case 'releaseAddress': {
      const { id, ip } = removal.address;
      return startJob(client, `releasing the address ${ip}`, 'disassociateIpAddress', { id }, signal);
    }
    case 'destroyVm':
      return destroyVm(removal, shop, signal);
    case 'detachVolume': {
      const { id, name } = removal.volume;
      return startJob(client, `detaching the disk ${name}`, 'detachVolume', { id }, signal);
    }
    case 'deleteVolume':
      await settled(client, 'deleteVolume', { id: removal.volume.id }, signal);
      return { message: `removed the disk ${removal.volume.name}` };
    case 'deleteNetwork':
      return startJob(client, 'removing the network', 'deleteNetwork', { id: removal.network.id }, signal);
    case 'deleteSecurityGroup':
      await settled(client, 'deleteSecurityGroup', { id: removal.group.id, ...scope }, signal);
      return { message: 'removed the security group' };
    case 'deleteKey':
      // The key is the last that goes: while it is there, what comes before is tried again.
      await shop.alone(() => sweepAffinityGroups(shop, signal));
      await settled(client, 'deleteSSHKeyPair', { name: keyPairName(identity), ...scope }, signal);
      return { message: 'removed the SSH key' };
  }
}

/**
 * Removes affinity groups of ours that nobody is in. One that another tenure is about to join may go with them: its
 * deploy is refused then, and makes the group anew.
 */
async function sweepAffinityGroups({ client, source }: RemovalShop, signal: AbortSignal): Promise<void> {
  const groups = await source.affinityGroups({}, signal);
  for (const { id } of groups.filter(({ name, members }) => isAffinityGroupName(name) && members.length === 0)) {
    const reply = await client.attempt('deleteAffinityGroup', { id }, signal);
    // Gone already, or joined meanwhile.
    if (reply.kind === 'Failed' && reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
  }
}

async function destroyVm(
  { vm, disks }: Extract<Removal, { do: 'destroyVm' }>,
  { client, expunge }: RemovalShop,
  signal: AbortSignal,
): Promise<Done> {
  if (!expunge && vm.state === 'Destroyed') throw notExpungeable(`the VM ${vm.name}`);
  const parameters: Parameters = {
    id: vm.id,
    ...(expunge ? { expunge: 'true' } : {}),
    // Data disks outlive their VM unless they are named. A VM that is only destroyed cannot take them along.
    ...(disks.length > 0 && expunge ? { volumeids: disks.map(({ id }) => id).join(',') } : {}),
  };
  const what = `${expunge ? 'expunging' : 'destroying'} the VM ${vm.name}`;
  return startJob(client, what, 'destroyVirtualMachine', parameters, signal);
}

/** Said plainly: nothing is wrong but the permission, and nothing more can be done without it. */
export function notExpungeable(what: string, retryAfterMs = 300_000): RetryableError {
  return new RetryableError('CloudStackExpungeForbidden', {
    message: `${what} waits for the destroyed VM to be expunged, which the account may not do; CloudStack does it after expunge.delay`,
    retryAfterMs,
  });
}

/** A synchronous removal. 431 is what CloudStack says of things that are gone; the next look tells whether it was. */
async function settled(
  client: CloudStackClient,
  command: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<void> {
  const reply = await client.attempt(command, parameters, signal);
  if (reply.kind === 'Ok') return;
  const error = errorOf(reply.failure);
  if (reply.failure.kind !== 'Rejected') throw error;
  throw new RetryableError('CloudStackFailed', { message: error.message, cause: error });
}
