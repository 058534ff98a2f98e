import type { TenureIdentity } from '../../../award/identity.ts';
import type { CloudStackConfig } from '../api/config.ts';
import type { VirtualMachine } from '../api/shapes.ts';
import type { Design } from '../plan/design.ts';
import { isChanged } from '../plan/plan.ts';
import { everything, type Scope } from './look.ts';

/** What has to be looked for to compare a VM with an order; without a VM, everything that may be left of it. */
export function scopeFor(
  { name }: TenureIdentity,
  design: Design | undefined,
): (vms: readonly VirtualMachine[]) => Scope {
  return (vms) => {
    if (vms.length === 0) return everything;
    const changed = design !== undefined && vms.some((vm) => isChanged(design, vm));
    return {
      networks: vms.some((vm) => vm.nics.some((nic) => nic.networkName === name)),
      securityGroups: vms.some((vm) => vm.securityGroups.includes(name)),
      volumes: changed || (design?.vm.dataDisks.length ?? 1) > 0,
      keyPairs: false,
    };
  };
}

/** What a new VM may collide with. */
export function scopeToMake({ network }: CloudStackConfig): (vms: readonly VirtualMachine[]) => Scope {
  return (vms) => ({
    networks: network.mode === 'Isolated',
    securityGroups: network.mode === 'Shared' && (network.securityGroups ?? true),
    volumes: vms.length > 0,
    keyPairs: vms.length === 0,
  });
}
