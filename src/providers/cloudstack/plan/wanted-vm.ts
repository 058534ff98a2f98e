import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { Order } from '../../port.ts';
import { type VmOrder, vmOrderOf } from './vm-order.ts';

/** An order as it is compared with what is there: read from the descriptor and the Reactor, without asking the cloud. */
export interface WantedVm {
  readonly order: Order;
  readonly vm: VmOrder;
  /** How ports of a network of one's own are reached. */
  readonly publicAccess: 'PortForwarding' | 'StaticNat';
  /** What the Reactor offers for the size; undefined when it offers none any more. */
  readonly size: ChosenSize | undefined;
}

/** A size of the Reactor. */
export interface ChosenSize {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Name or id of the service offering. */
  readonly offering: string;
  /** Of a customised offering: MHz for each CPU, where that is asked for. */
  readonly custom: { readonly cpuSpeedMHz: number | undefined } | undefined;
}

/** Reads an order. Throws VmDescriptorInvalid. */
export function wantedVmOf(order: Order, config: CloudStackConfig): WantedVm {
  const vm = vmOrderOf(order.descriptor);
  const publicAccess = config.network.mode === 'Isolated' ? config.network.publicAccess : undefined;
  return { order, vm, publicAccess: publicAccess ?? 'PortForwarding', size: sizeFor(vm, config) };
}

/** The smallest size that fits: a fixed one that is exact, else a customised one, else the next larger fixed one. */
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
