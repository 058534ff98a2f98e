import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { Order } from '../../port.ts';
import { type VmOrder, vmOrderOf } from './vm-order.ts';

/** The order in the form in which it is compared with the VM: from the descriptor and the Reactor alone. */
export interface WantedVm {
  readonly order: Order;
  readonly vm: VmOrder;
  /** How ports are reached in a network of its own. */
  readonly publicAccess: 'PortForwarding' | 'StaticNat';
  /** The Reactor's offering for the size; undefined if it no longer has one. */
  readonly size: ChosenSize | undefined;
}

/** A size of the Reactor. */
export interface ChosenSize {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Name or id of the service offering. */
  readonly offering: string;
  /** For a customised offering: MHz of each CPU, if required. */
  readonly custom: { readonly cpuSpeedMHz: number | undefined } | undefined;
}

/** Parses an order. Throws VmDescriptorInvalid. */
export function wantedVmOf(order: Order, config: CloudStackConfig): WantedVm {
  const vm = vmOrderOf(order.descriptor);
  const publicAccess = config.network.mode === 'Isolated' ? config.network.publicAccess : undefined;
  return { order, vm, publicAccess: publicAccess ?? 'PortForwarding', size: sizeFor(vm, config) };
}

/**
 * The smallest size that fits: a fixed one that matches exactly, else a customised one, else the next larger fixed one.
 */
function sizeFor(vm: VmOrder, config: CloudStackConfig): ChosenSize | undefined {
  const fixed = config.sizes
    .filter(({ cpu, memoryMiB }) => cpu >= vm.cpu && memoryMiB >= vm.memoryMiB)
    .sort((a, b) => a.cpu - b.cpu || a.memoryMiB - b.memoryMiB)[0];
  if (fixed?.cpu === vm.cpu && fixed.memoryMiB === vm.memoryMiB) return { ...fixed, custom: undefined };
  const { customSize } = config;
  if (customSize !== undefined && vm.cpu <= customSize.maxCpu && vm.memoryMiB <= customSize.maxMemoryMiB) {
    const { offering, cpuSpeedMHz } = customSize;
    return { cpu: vm.cpu, memoryMiB: vm.memoryMiB, offering, custom: { cpuSpeedMHz } };
  }
  return fixed && { ...fixed, custom: undefined };
}
