import { ApiError } from './api-error.ts';
import type { Host, Vm } from './rows.ts';
import type { World } from './world.ts';

/** States in which a VM uses its host's CPU and memory. */
const onHost = new Set(['Starting', 'Running', 'Stopping']);

/** What is free on a host. */
export function freeOn(world: World, host: Host): { cpuMHz: number; memoryMiB: number } {
  let { cpuMHz, memoryMiB } = host;
  for (const vm of world.tables.vms.live()) {
    if (vm.host !== host.id || !onHost.has(vm.state)) continue;
    cpuMHz -= vm.cpu * vm.cpuSpeed;
    memoryMiB -= vm.memoryMiB;
  }
  return { cpuMHz, memoryMiB };
}

/** Places a VM on the emptiest host with capacity that its affinity groups allow. Throws 533 when there is none. */
export function place(world: World, vm: Vm): Host {
  const candidates = world.tables.hosts
    .filter((host) => host.enabled && host.zone === vm.zone && allowed(world, vm, host))
    .map((host) => ({ host, free: freeOn(world, host) }))
    .filter(({ free }) => free.cpuMHz >= vm.cpu * vm.cpuSpeed && free.memoryMiB >= vm.memoryMiB)
    .sort((a, b) => b.free.memoryMiB - a.free.memoryMiB);
  const chosen = candidates[0]?.host;
  if (chosen === undefined) {
    throw new ApiError(533, undefined, `No destination found for a deployment for ${described(vm)}`);
  }
  return chosen;
}

/** A VM as written in the server's error texts. */
export function described(vm: Vm): string {
  return `VM instance {"id":${vm.seq},"instanceName":"i-2-${vm.seq}-VM","state":"${vm.state}","type":"User","uuid":"${vm.id}"}`;
}

function allowed(world: World, vm: Vm, host: Host): boolean {
  return vm.affinityGroups.every((id) => {
    const group = world.tables.affinityGroups.get(id);
    const others = world.tables.vms.filter(
      (other) => other.id !== vm.id && onHost.has(other.state) && other.affinityGroups.includes(id),
    );
    if (group?.type === 'host anti-affinity') return others.every((other) => other.host !== host.id);
    if (group?.type === 'host affinity') return others.every((other) => other.host === host.id);
    return true;
  });
}
