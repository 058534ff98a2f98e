import type { TenureIdentity } from '../../../award/identity.ts';
import type { Difference, Endpoint, Observation, Present } from '../../port.ts';
import { describe } from '../api/failure.ts';
import type { VirtualMachine } from '../api/resources.ts';
import { type FoundResources, isEmpty } from '../observe/found.ts';
import { asFailure, type DestroyedVm, type TenureMemo, writeMemo } from '../observe/memo.ts';
import { isOurKeyPairName, TENURE_TAG } from '../observe/names.ts';
import type { Planned } from './action.ts';
import { primaryVm } from './plan.ts';
import { publicAddressFor, rangeOf } from './rules.ts';
import type { WantedVm } from './wanted-vm.ts';

/** States that CloudStack leaves by itself. A migrating VM counts as running. */
const transitional = new Set(['Starting', 'Stopping', 'Restoring', 'Expunging']);

/** How long a VM may stay in such a state without a job before it counts as stuck, in milliseconds. */
const TRANSITION_MS = 10 * 60_000;

/** How soon a VM in a transitional state is observed again, in milliseconds. */
export const POLL_MS = 2_000;

export interface Facts {
  readonly identity: TenureIdentity;
  readonly found: FoundResources;
  readonly memo: TenureMemo;
  /** Undefined if the order could not be read: then nothing is compared. */
  readonly wanted: WantedVm | undefined;
  readonly planned: readonly Planned[];
  /** URL at which a person can look at a VM. */
  readonly consoleUrl: (vm: string) => string;
  /** How long CloudStack keeps a destroyed VM, in milliseconds. */
  readonly expungeDelayMs: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The observation of the port for what was found. Pure. */
export function observationOf(facts: Facts): Observation {
  const { found, planned, now } = facts;
  if (isEmpty(found)) return { kind: 'Absent' };
  const vm = primaryVm(found.vms);
  const next = nextMemo(facts, vm);
  const memo = writeMemo(next);
  if (vm !== undefined && isInMotion(vm, next, now)) {
    return { kind: 'Busy', what: `VM ${vm.name} is ${vm.state}`, pollAfterMs: POLL_MS, memo };
  }
  const differences: Difference[] = planned.map(({ what, detail }) => ({ what, detail }));
  const common = { kind: 'Present', memo, differences, endpoints: endpointsOf(facts, vm) } as const;
  if (vm === undefined) {
    const message = withFailure(leftOvers(facts), facts.memo);
    return { ...common, phase: 'Partial', healthy: false, message };
  }
  const stuck = transitional.has(vm.state) ? ' for longer than it should be, and no job works on it' : '';
  const differs = differences.length === 0 ? '' : `, ${summaryOf(differences)}`;
  const message = withFailure(`VM ${vm.name} is ${vm.state}${stuck}${differs}`, facts.memo);
  return { ...common, phase: phaseOf(vm, planned), healthy: isUp(vm), message };
}

/** Whether CloudStack is working on the VM, so that there is nothing to do but wait. */
function isInMotion(vm: VirtualMachine, { transition }: TenureMemo, now: number): boolean {
  if (vm.state === 'Migrating') return false;
  if (vm.job !== undefined) return true;
  return transitional.has(vm.state) && (transition === undefined || now - transition.since < TRANSITION_MS);
}

function isUp({ state }: VirtualMachine): boolean {
  return state === 'Running' || state === 'Migrating';
}

function phaseOf(vm: VirtualMachine, planned: readonly Planned[]): Present['phase'] {
  switch (vm.state) {
    // A VM whose deploy failed or that others destroyed cannot come up; it keeps the name until it is removed.
    case 'Error':
    case 'Destroyed':
    case 'Expunging':
      return 'Broken';
    case 'Stopped':
    case 'Shutdown':
      return 'Stopped';
    default:
      // The tags are set last: without them the VM was never completed.
      return vm.tags.has(TENURE_TAG) || planned.length === 0 ? 'Running' : 'Partial';
  }
}

function nextMemo({ found, memo, wanted, planned, now }: Facts, vm: VirtualMachine | undefined): TenureMemo {
  const asOrdered = wanted !== undefined && planned.length === 0;
  const settled = asOrdered && (vm?.state === 'Running' || vm?.state === 'Stopped') ? vm.state : undefined;
  const up = settled === 'Running';
  const { vm: _vm, network: _network, transition: _transition, foreignDisks: _disks, ...before } = memo;
  const { destroyed, failure, failedChange, ...kept } = before;
  const id = vm?.id ?? memo.vm;
  const network = found.networks[0]?.id ?? memo.network;
  const keyPair = vm?.keyPairs.find(isOurKeyPairName) ?? memo.keyPair;
  const transition = vm && transitionOf(vm, memo, now);
  return {
    ...kept,
    ...(id === undefined ? {} : { vm: id }),
    ...(network === undefined ? {} : { network }),
    ...(keyPair === undefined ? {} : { keyPair }),
    ...(transition === undefined ? {} : { transition }),
    ...(destroyed === undefined || (vm !== undefined && vm.state !== 'Destroyed') ? {} : { destroyed }),
    ...(found.foreignVolumes.length === 0 ? {} : { foreignDisks: true }),
    jobs: [],
    // Once a VM runs as ordered, earlier failures no longer matter.
    ...(failure === undefined || up ? {} : { failure }),
    ...(failedChange === undefined || up ? {} : { failedChange }),
    settled,
  };
}

/** Since when the VM has been in its state; a time in the future, by another host's clock, counts as now. */
function transitionOf({ state }: VirtualMachine, { transition }: TenureMemo, now: number): TenureMemo['transition'] {
  if (!transitional.has(state)) return undefined;
  return { state, since: transition?.state === state ? Math.min(transition.since, now) : now };
}

function endpointsOf(
  { identity, found, wanted, consoleUrl }: Facts,
  vm: VirtualMachine | undefined,
): readonly Endpoint[] {
  if (vm === undefined) return [];
  const nic = vm.nics.find((one) => one.isDefault) ?? vm.nics[0];
  const endpoints: Endpoint[] = [];
  if (wanted !== undefined) {
    const address = publicAddressFor(wanted.publicAccess, found.addresses, vm.id);
    const isolated = vm.nics.some(({ networkName }) => networkName === identity.name);
    const host = isolated ? address?.ip : nic?.ip;
    for (const port of wanted.vm.ports) {
      if (host !== undefined) endpoints.push({ name: port.name, address: `${host}:${rangeOf(port)}` });
    }
    if (isolated && address !== undefined) endpoints.push({ name: 'public-ip', address: address.ip });
  }
  if (nic?.ip !== undefined) endpoints.push({ name: 'vm-ip', address: nic.ip });
  // The console's own URL contains a token; this page requires a login.
  endpoints.push({ name: 'console', address: consoleUrl(vm.id) });
  return endpoints;
}

function leftOvers({ found, memo, expungeDelayMs }: Facts): string {
  const parts = [
    ...found.networks.map(() => 'network'),
    ...found.securityGroups.map(() => 'security group'),
    ...found.volumes.map((volume) => `disk ${volume.name}`),
    ...(found.unusedKeyPair === undefined ? [] : ['SSH key']),
  ];
  const { destroyed } = memo;
  const vm = destroyed === undefined ? 'no VM' : `${describeDestroyed(destroyed, expungeDelayMs)}`;
  return `${vm}, but its ${parts.join(', ')}`;
}

/** A VM that waits to be expunged, and when CloudStack will do it. */
export function describeDestroyed({ name, at }: DestroyedVm, expungeDelayMs: number): string {
  // Rounded to minutes, because CloudStack checks for destroyed VMs only periodically.
  const due = new Date(at + expungeDelayMs).toISOString().slice(0, 16).replace('T', ' ');
  return `the VM ${name} is stopped and destroyed, and CloudStack expunges it from ${due} UTC on`;
}

function summaryOf(differences: readonly Difference[]): string {
  const [first] = differences;
  if (first === undefined) return '';
  const more = differences.length > 1 ? ` and ${differences.length - 1} more` : '';
  return `${first.what} differs (${first.detail})${more}`;
}

function withFailure(message: string, { failure }: TenureMemo): string {
  return failure === undefined ? message : `${message}; last failure: ${describe(asFailure(failure))}`;
}
