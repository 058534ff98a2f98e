import type { TenureIdentity } from '../../../award/identity.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { CloudStackClient } from '../api/client.ts';
import { errorOf } from '../api/failure.ts';
import { type Outcome, startJob } from '../api/jobs.ts';
import type { Network, PublicAddress, SecurityGroup, VirtualMachine, Volume } from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';
import type { FoundResources } from '../observe/found.ts';
import type { DestroyedVm } from '../observe/memo.ts';
import { isAffinityGroupName, isOurKeyPairName } from '../observe/names.ts';
import { describeDestroyed } from '../plan/observation.ts';
import type { Tools } from './context.ts';

/** One thing to remove. */
export type Removal =
  | { readonly do: 'releaseAddress'; readonly address: PublicAddress }
  | { readonly do: 'stopVm'; readonly vm: VirtualMachine }
  | { readonly do: 'destroyVm'; readonly vm: VirtualMachine; readonly disks: readonly Volume[] }
  | { readonly do: 'detachVolume'; readonly volume: Volume }
  | { readonly do: 'expungeUnseen'; readonly vm: string }
  | { readonly do: 'deleteVolume'; readonly volume: Volume }
  | { readonly do: 'deleteNetwork'; readonly network: Network }
  | { readonly do: 'deleteSecurityGroup'; readonly group: SecurityGroup }
  /** The key pair, if everything else is gone. */
  | { readonly do: 'deleteSharedParts' };

/** The facts that removal depends on. */
export interface RemovalFacts {
  readonly found: FoundResources;
  /** Whether VMs may be expunged, as far as is known. */
  readonly expunge: boolean;
  /** Recorded id of a VM of the tenure that cannot be seen and may block the removal of the rest. */
  readonly unseenVm: string | undefined;
}

/** States of a VM that does not run and will not start by itself. */
const down = new Set(['Stopped', 'Shutdown', 'Destroyed', 'Error', 'Expunging']);

/**
 * The next removals, from the outside in: addresses, which close access to the VM and drop their rules; the VM with its
 * disks; leftover disks; network, security group and key. Without the right to expunge, the VM is stopped first:
 * whatever is refused later, an ended tenure must not keep running. Nothing of a later stage is touched before the
 * earlier one is seen to be gone. Pure.
 */
export function nextRemovals({ found, expunge, unseenVm }: RemovalFacts): readonly Removal[] {
  const { vms } = found;
  if (!expunge) {
    const up = vms.filter((vm) => !down.has(vm.state));
    if (up.length > 0) return up.map((vm) => ({ do: 'stopVm', vm }));
  }
  const addresses = found.addresses.filter((address) => !address.sourceNat);
  if (addresses.length > 0) return addresses.map((address) => ({ do: 'releaseAddress', address }));
  // Only an expunge removes data disks, too; otherwise they have to be detached while their VM is still visible.
  const attached = found.volumes.filter((volume) => vms.some((vm) => vm.id === volume.vm && vm.state !== 'Destroyed'));
  if (!expunge && attached.length > 0) return attached.map((volume) => ({ do: 'detachVolume', volume }));
  if (vms.length > 0) {
    return vms.map((vm) => ({
      do: 'destroyVm',
      vm,
      disks: found.volumes.filter((volume) => volume.vm === vm.id),
    }));
  }
  if (found.volumes.length > 0) return found.volumes.map((volume) => ({ do: 'deleteVolume', volume }));
  if (found.networks.length + found.securityGroups.length > 0) {
    // A destroyed VM that is not visible prevents the deletion of its network.
    if (unseenVm !== undefined && expunge) return [{ do: 'expungeUnseen', vm: unseenVm }];
    return [
      ...found.networks.map((network) => ({ do: 'deleteNetwork' as const, network })),
      ...found.securityGroups.map((group) => ({ do: 'deleteSecurityGroup' as const, group })),
    ];
  }
  return found.unusedKeyPair === undefined ? [] : [{ do: 'deleteSharedParts' }];
}

/** What removals need. */
export interface RemovalContext extends Tools {
  readonly identity: TenureIdentity;
  readonly expungeDelayMs: number;
  /** A VM that was destroyed and not expunged, from the memo. */
  readonly destroyed: DestroyedVm | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Performs the removals. With the last of a tenure, shared resources that no other tenure uses are removed as well. */
export async function removeAll(
  removals: readonly Removal[],
  context: RemovalContext,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  // Shared resources first: the network or group is the last trace of the tenure.
  if (removals.some((removal) => last.has(removal.do))) await deleteUnusedShared(context, signal);
  const outcomes: Outcome[] = [];
  for (const removal of removals) {
    const outcome = await remove(removal, context, signal);
    outcomes.push(outcome.job === undefined ? outcome : { ...outcome, job: { ...outcome.job, removing: true } });
  }
  return outcomes;
}

/** ServerApiException.RESOURCE_IN_USE_ERROR. */
const IN_USE = 536;
const last: ReadonlySet<Removal['do']> = new Set(['deleteNetwork', 'deleteSecurityGroup', 'deleteSharedParts']);

/** Removes one resource. It is a success if it is already gone. */
async function remove(removal: Removal, context: RemovalContext, signal: AbortSignal): Promise<Outcome> {
  const { client } = context;
  switch (removal.do) {
    case 'releaseAddress': {
      const { id, ip } = removal.address;
      return startJob(client, `releasing the address ${ip}`, 'disassociateIpAddress', { id }, signal);
    }
    case 'stopVm': {
      const { id, name, state } = removal.vm;
      // Forced, if it hangs: the tenure has ended, so a clean shutdown does not matter any more.
      const forced: Parameters = state === 'Running' || state === 'Migrating' ? {} : { forced: 'true' };
      return startJob(client, `stopping the VM ${name}`, 'stopVirtualMachine', { id, ...forced }, signal);
    }
    case 'destroyVm':
      return destroyVm(removal, context, signal);
    case 'expungeUnseen':
      return expungeUnseen(removal.vm, context, signal);
    case 'detachVolume': {
      const { id, name } = removal.volume;
      return startJob(client, `detaching the disk ${name}`, 'detachVolume', { id }, signal);
    }
    case 'deleteVolume':
      await callUnlessGone(client, 'deleteVolume', { id: removal.volume.id }, signal);
      return { message: `removed the disk ${removal.volume.name}` };
    case 'deleteNetwork':
      return startJob(client, 'removing the network', 'deleteNetwork', { id: removal.network.id }, signal);
    case 'deleteSecurityGroup':
      return deleteSecurityGroup(removal.group, context, signal);
    case 'deleteSharedParts':
      return { message: 'removing the SSH key' };
  }
}

/**
 * A destroyed VM that is no longer visible keeps its group in use until it is expunged: report that instead of the
 * refusal.
 */
async function deleteSecurityGroup(
  { id, name }: SecurityGroup,
  { client, scope, destroyed, expungeDelayMs }: RemovalContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const reply = await client.attempt('deleteSecurityGroup', { id, ...scope }, signal);
  if (reply.kind === 'Ok') return { message: 'removed the security group' };
  const { kind } = reply.failure;
  const error = errorOf(reply.failure);
  if (reply.failure.code === IN_USE && destroyed !== undefined) {
    throw expungeForbidden(`until then its security group ${name} stays`, destroyed, expungeDelayMs);
  }
  throw kind === 'Rejected' ? new RetryableError('CloudStackFailed', { message: error.message, cause: error }) : error;
}

/**
 * Deletes affinity groups and key pairs of ours that no VM uses: a consumer's tenures share them, and the last one
 * removes them. One that another tenure is about to use may be removed, too; its deploy is then refused and creates it
 * again.
 */
export function deleteUnusedShared(tools: Tools, signal: AbortSignal): Promise<void> {
  return tools.exclusively(() => deleteUnused(tools, signal));
}

async function deleteUnused({ client, reader, scope }: Tools, signal: AbortSignal): Promise<void> {
  const groups = await reader.affinityGroups({}, signal);
  for (const { id } of groups.filter(({ name, members }) => isAffinityGroupName(name) && members.length === 0)) {
    await callIgnoringRejection(client, 'deleteAffinityGroup', { id }, signal);
  }
  const pairs = (await reader.keyPairs({}, signal)).filter(({ name }) => isOurKeyPairName(name));
  if (pairs.length === 0) return;
  const used = new Set((await reader.allVirtualMachines(signal)).flatMap((vm) => vm.keyPairs));
  for (const { name } of pairs.filter((pair) => !used.has(pair.name))) {
    await callIgnoringRejection(client, 'deleteSSHKeyPair', { name, ...scope }, signal);
  }
}

async function destroyVm(
  { vm, disks }: Extract<Removal, { do: 'destroyVm' }>,
  { client, expunge, destroyed, expungeDelayMs, now }: RemovalContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { id, name } = vm;
  if (!expunge && vm.state === 'Destroyed') {
    throw expungeForbidden(`it waits for that`, destroyed ?? { id, name, at: now }, expungeDelayMs);
  }
  const parameters: Parameters = {
    id,
    ...(expunge ? { expunge: 'true' } : {}),
    // Data disks survive their VM unless they are named. Destroying without expunging cannot remove them.
    ...(disks.length > 0 && expunge ? { volumeids: disks.map((disk) => disk.id).join(',') } : {}),
  };
  const what = `${expunge ? 'expunging' : 'destroying'} the VM ${name}`;
  const outcome = await startJob(client, what, 'destroyVirtualMachine', parameters, signal);
  if (!expunge) return { ...outcome, destroyed: { id, name } };
  return outcome.job === undefined ? outcome : { ...outcome, job: { ...outcome.job, expunges: true } };
}

/** Expunges a VM by its id, which works even if the account no longer sees it; if it is gone, CloudStack says so. */
async function expungeUnseen(id: string, { client }: RemovalContext, signal: AbortSignal): Promise<Outcome> {
  const what = `expunging the destroyed VM ${id}`;
  const reply = await client.attempt('destroyVirtualMachine', { id, expunge: 'true' }, signal);
  if (reply.kind === 'Failed') {
    if (reply.failure.kind !== 'Rejected' && reply.failure.kind !== 'Forbidden') throw errorOf(reply.failure);
    return { message: `the VM ${id} is gone`, gone: id };
  }
  const job = reply.body['jobid'];
  if (typeof job !== 'string') return { message: what };
  return {
    message: `${what} (job ${job})`,
    job: { id: job, what, command: 'destroyVirtualMachine', removing: true, expunges: true },
  };
}

/** The error that reports what is left until CloudStack expunges a VM, and when that will be. */
export function expungeForbidden(
  left: string,
  vm: DestroyedVm,
  expungeDelayMs: number,
  retryAfterMs = 300_000,
): RetryableError {
  return new RetryableError('CloudStackExpungeForbidden', {
    message: `${describeDestroyed(vm, expungeDelayMs)}, as the account may not expunge it now; ${left}`,
    retryAfterMs,
  });
}

/**
 * A synchronous removal. CloudStack answers 431 for a resource that is gone; the next observation shows whether it is.
 */
async function callUnlessGone(
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

/** The removal of a shared resource: it is not a failure if it is gone already or in use again. */
async function callIgnoringRejection(
  client: CloudStackClient,
  command: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<void> {
  const reply = await client.attempt(command, parameters, signal);
  if (reply.kind === 'Failed' && reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
}
