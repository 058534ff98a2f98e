import type { TenureIdentity } from '../../../award/identity.ts';
import type { Difference, Endpoint, Observation, Present } from '../../port.ts';
import { describe } from '../api/failure.ts';
import type { VirtualMachine } from '../api/shapes.ts';
import type { Planned } from '../plan/action.ts';
import type { Design } from '../plan/design.ts';
import { asFailure, memoOf, type Notes } from '../plan/memo.ts';
import { TENURE_TAG } from '../plan/names.ts';
import { keeperOf } from '../plan/plan.ts';
import { publicAddressFor, rangeOf } from '../plan/wanted-rules.ts';
import { isEmpty, type Look } from './look.ts';

/** States CloudStack passes through by itself. */
const transitional = new Set(['Starting', 'Stopping', 'Migrating', 'Restoring', 'Expunging']);

/** How soon a VM in motion is looked at again, in milliseconds. */
export const POLL_MS = 2_000;

export interface Facts {
  readonly identity: TenureIdentity;
  readonly found: Look;
  readonly notes: Notes;
  /** Undefined when the order could not be had: then nothing is compared. */
  readonly design: Design | undefined;
  readonly planned: readonly Planned[];
  /** Where a person looks at a VM. */
  readonly consoleUrl: (vm: string) => string;
}

/** What a look comes to. Pure. */
export function observationOf(facts: Facts): Observation {
  const { found, notes, planned } = facts;
  if (isEmpty(found)) return { kind: 'Absent' };
  const vm = keeperOf(found.vms);
  const memo = memoOf(nextNotes(facts, vm));
  if (vm !== undefined && (transitional.has(vm.state) || vm.job !== undefined)) {
    return { kind: 'Busy', what: `VM ${vm.name} is ${vm.state}`, pollAfterMs: POLL_MS, memo };
  }
  const differences: Difference[] = planned.map(({ what, detail }) => ({ what, detail }));
  const common = { kind: 'Present', memo, differences, endpoints: endpointsOf(facts, vm) } as const;
  if (vm === undefined) {
    return { ...common, phase: 'Partial', healthy: false, message: withFailure(leftOvers(found), notes) };
  }
  const phase = phaseOf(vm, planned);
  const message = withFailure(
    `VM ${vm.name} is ${vm.state}${differences.length === 0 ? '' : `, ${told(differences)}`}`,
    notes,
  );
  return { ...common, phase, healthy: vm.state === 'Running', message };
}

function phaseOf(vm: VirtualMachine, planned: readonly Planned[]): Present['phase'] {
  switch (vm.state) {
    // A VM whose deploy failed, and one somebody destroyed, cannot come up; they hold the name until they are removed.
    case 'Error':
    case 'Destroyed':
      return 'Broken';
    case 'Stopped':
      return 'Stopped';
    default:
      // The tags are set last: without them it was never finished.
      return vm.tags.has(TENURE_TAG) || planned.length === 0 ? 'Running' : 'Partial';
  }
}

function nextNotes({ found, notes, design, planned }: Facts, vm: VirtualMachine | undefined): Notes {
  const network = found.networks[0]?.id;
  const asOrdered = design !== undefined && planned.length === 0;
  const settled = asOrdered && (vm?.state === 'Running' || vm?.state === 'Stopped') ? vm.state : undefined;
  return {
    ...(vm === undefined ? {} : { vm: vm.id }),
    ...(network === undefined ? {} : { network }),
    jobs: [],
    // A VM that runs as ordered has forgiven whatever failed on the way.
    ...(notes.failure === undefined || settled === 'Running' ? {} : { failure: notes.failure }),
    ...(notes.stuck === undefined || settled === 'Running' ? {} : { stuck: notes.stuck }),
    settled,
  };
}

function endpointsOf(
  { identity, found, design, consoleUrl }: Facts,
  vm: VirtualMachine | undefined,
): readonly Endpoint[] {
  if (vm === undefined) return [];
  const nic = vm.nics.find((one) => one.isDefault) ?? vm.nics[0];
  const endpoints: Endpoint[] = [];
  if (design !== undefined) {
    const address = publicAddressFor(design.publicAccess, found.addresses);
    const isolated = vm.nics.some(({ networkName }) => networkName === identity.name);
    const host = isolated ? address?.ip : nic?.ip;
    for (const port of design.vm.ports) {
      if (host !== undefined) endpoints.push({ name: port.name, address: `${host}:${rangeOf(port)}` });
    }
    if (isolated && address !== undefined) endpoints.push({ name: 'public-ip', address: address.ip });
  }
  if (nic?.ip !== undefined) endpoints.push({ name: 'vm-ip', address: nic.ip });
  // The console's own address carries a token; this is the page that asks for a login first.
  endpoints.push({ name: 'console', address: consoleUrl(vm.id) });
  return endpoints;
}

function leftOvers(found: Look): string {
  const parts = [
    ...found.networks.map(() => 'network'),
    ...found.securityGroups.map(() => 'security group'),
    ...found.volumes.map((volume) => `disk ${volume.name}`),
    ...(typeof found.keyPair === 'object' ? ['SSH key'] : []),
  ];
  return `no VM, but its ${parts.join(', ')}`;
}

function told(differences: readonly Difference[]): string {
  const [first] = differences;
  if (first === undefined) return '';
  const more = differences.length > 1 ? ` and ${differences.length - 1} more` : '';
  return `${first.what} differs (${first.detail})${more}`;
}

function withFailure(message: string, { failure }: Notes): string {
  return failure === undefined ? message : `${message}; last failure: ${describe(asFailure(failure))}`;
}
