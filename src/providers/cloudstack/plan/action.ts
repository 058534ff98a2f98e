import type { ReasonOf } from '../../../errors/catalogue.ts';
import type { Difference } from '../../port.ts';
import type {
  FirewallRule,
  Network,
  PortForwarding,
  PublicAddress,
  SecurityGroup,
  VirtualMachine,
  Volume,
} from '../api/resources.ts';
import type { WantedRule } from './rules.ts';
import type { DataDisk, Port } from './vm-order.ts';

/** One action towards the ordered state. */
export type Action =
  | { readonly do: 'registerKey' }
  | { readonly do: 'createNetwork' }
  | { readonly do: 'createSecurityGroup' }
  | { readonly do: 'createAffinityGroup' }
  | { readonly do: 'deploy' }
  | { readonly do: 'destroyDuplicate'; readonly vm: VirtualMachine }
  | { readonly do: 'deleteNetwork'; readonly network: Network }
  | { readonly do: 'deleteVolume'; readonly volume: Volume }
  | { readonly do: 'restoreName'; readonly vm: VirtualMachine }
  | { readonly do: 'associateAddress'; readonly network: Network }
  | { readonly do: 'enableStaticNat'; readonly address: PublicAddress; readonly vm: VirtualMachine }
  | { readonly do: 'openPort'; readonly address: PublicAddress; readonly rule: WantedRule }
  | { readonly do: 'closePort'; readonly rule: FirewallRule }
  | { readonly do: 'forwardPort'; readonly address: PublicAddress; readonly port: Port; readonly vm: VirtualMachine }
  | { readonly do: 'removeForward'; readonly rule: PortForwarding }
  | { readonly do: 'allowEgress'; readonly network: Network; readonly rule: WantedRule }
  | { readonly do: 'removeEgress'; readonly rule: FirewallRule }
  | {
      readonly do: 'authorize';
      readonly group: SecurityGroup;
      readonly direction: Direction;
      readonly rule: WantedRule;
    }
  | { readonly do: 'revoke'; readonly direction: Direction; readonly rule: string }
  | { readonly do: 'createVolume'; readonly disk: DataDisk; readonly zone: string }
  | { readonly do: 'attachVolume'; readonly volume: Volume; readonly vm: VirtualMachine }
  | { readonly do: 'growVolume'; readonly volume: Volume; readonly sizeGiB: number }
  | { readonly do: 'scale'; readonly vm: VirtualMachine }
  | { readonly do: 'resetKey'; readonly vm: VirtualMachine }
  | { readonly do: 'regroup'; readonly vm: VirtualMachine }
  /** Compares and changes what listings do not show: user-data and the size of the root disk. */
  | { readonly do: 'applyChange'; readonly vm: VirtualMachine }
  | { readonly do: 'untag'; readonly vm: VirtualMachine; readonly keys: readonly string[] }
  | { readonly do: 'tag'; readonly vm: VirtualMachine; readonly tags: ReadonlyMap<string, string> }
  /** A change that is impossible, or needs something that is not allowed. */
  | { readonly do: 'refuse'; readonly reason: ReasonOf<'refused'>; readonly path: string };

type Direction = 'Ingress' | 'Egress';

/** An action, with the difference that it removes. */
export type Planned = Action & Difference;

/** Whether an action is only possible while the VM is stopped. */
export function needsStop(action: Action): boolean {
  return action.do === 'scale' || action.do === 'resetKey' || action.do === 'regroup';
}

/** Whether two actions may share a step, because they touch different resources and do not depend on each other. */
export function mayShareStep(first: Action, other: Action): boolean {
  return stageOf(first) === stageOf(other);
}

/** Actions of one stage may share a step: rules of all kinds, or disks. Every other action has a stage of its own. */
export function stageOf(action: Action): string {
  switch (action.do) {
    case 'closePort':
    case 'removeForward':
    case 'removeEgress':
    case 'revoke':
      return 'removals';
    case 'openPort':
    case 'forwardPort':
    case 'allowEgress':
    case 'authorize':
      return 'rules';
    default:
      return action.do;
  }
}

/** The key of the difference that an action removes: it exists for as long as the plan has an action with this key. */
export function differenceKey({ do: kind, what }: Planned): string {
  return `${kind} ${what}`.slice(0, 120);
}

export function missing(action: Action, what: string): Planned {
  return { ...action, what, detail: 'missing' };
}

export function extra(action: Action, what: string): Planned {
  return { ...action, what, detail: 'was not ordered' };
}

/** A resource that others added to the tenure's: reported, and not touched. */
export function foreign(what: string, detail: string): Planned {
  return { do: 'refuse', reason: 'VmForeignPart', path: '', what, detail };
}

export function lossy(path: string, what: string, detail: string): Planned {
  return { do: 'refuse', reason: 'VmChangeRefused', path, what, detail };
}
