import { RetryableError } from '../../../errors/dinfra-error.ts';
import { integer, type JsonObject } from '../api/reply.ts';
import type { VirtualMachine } from '../api/resources.ts';
import type { CloudCatalogue } from '../observe/cloud-catalogue.ts';
import type { DeployInputs } from './deploy-inputs.ts';
import type { WantedVm } from './wanted-vm.ts';

/**
 * Throws CloudStackLimitReached if the limits of the account do not allow a new VM. Checked before a deploy, it gives
 * one clear message instead of a half-created VM. A limit that the account does not report is assumed to be sufficient.
 */
export async function checkLimits(
  { vm, size, publicAccess }: WantedVm,
  { connection, templateGiB }: DeployInputs,
  account: AccountAsked,
  signal: AbortSignal,
): Promise<void> {
  const isolated = connection.kind === 'Isolated';
  const addresses = isolated ? (publicAccess === 'StaticNat' && vm.ports.length > 0 ? 2 : 1) : 0;
  const dataGiB = vm.dataDisks.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  const rootGiB = Math.max(vm.rootDiskGiB ?? 0, templateGiB);
  const needs = [
    { field: 'vm', what: 'VMs', needed: 1 },
    { field: 'cpu', what: 'CPUs', needed: size?.cpu ?? vm.cpu },
    { field: 'memory', what: 'MiB of memory', needed: size?.memoryMiB ?? vm.memoryMiB },
    { field: 'volume', what: 'volumes', needed: 1 + vm.dataDisks.length },
    { field: 'primarystorage', what: 'GiB of primary storage', needed: rootGiB + dataGiB },
    { field: 'network', what: 'networks', needed: isolated ? 1 : 0 },
    { field: 'ip', what: 'public addresses', needed: addresses },
  ];
  await demand(needs, account, signal);
}

/** The same for a running VM that will be resized: checked before it is stopped. */
export async function checkGrowth(
  { vm: order, size }: WantedVm,
  vm: VirtualMachine,
  account: AccountAsked,
  signal: AbortSignal,
): Promise<void> {
  const needs = [
    { field: 'cpu', what: 'CPUs', needed: (size?.cpu ?? order.cpu) - vm.cpu },
    { field: 'memory', what: 'MiB of memory', needed: (size?.memoryMiB ?? order.memoryMiB) - vm.memoryMiB },
  ];
  await demand(needs, account, signal);
}

/** The account or project whose limits apply. */
export interface AccountAsked {
  readonly catalogue: CloudCatalogue;
  readonly project: string | undefined;
}

async function demand(
  needs: readonly Need[],
  { catalogue, project }: AccountAsked,
  signal: AbortSignal,
): Promise<void> {
  const grows = needs.filter(({ needed }) => needed > 0);
  if (grows.length === 0) return;
  const account = await catalogue.account(project, signal);
  if (account === undefined) return;
  for (const { field, what, needed } of grows) {
    const available = integer(account[`${field}available`]);
    if (available !== undefined && available < needed) throw reached(what, needed, available, account);
  }
}

interface Need {
  /** The field of listAccounts, without `available`. */
  readonly field: string;
  readonly what: string;
  readonly needed: number;
}

function reached(what: string, needed: number, available: number, account: JsonObject): RetryableError {
  return new RetryableError('CloudStackLimitReached', {
    message: `the account ${String(account['name'])} has ${available} ${what} left and the order needs ${needed}`,
    retryAfterMs: 60_000,
  });
}
