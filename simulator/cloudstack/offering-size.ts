import { invalid } from './api-error.ts';
import type { ServiceOffering } from './rows.ts';

/** What a VM gets of an offering: the offering's own size, or what the deployer chose of a customised one. */
export function customSizeOf(
  offering: ServiceOffering,
  details: readonly Readonly<Record<string, string>>[],
): { cpu: number; cpuSpeed: number; memoryMiB: number } {
  const sized = details.filter((map) => 'cpuNumber' in map || 'memory' in map || 'cpuSpeed' in map);
  if (!offering.customized) {
    if (sized.length > 0) {
      throw invalid('cpuNumber or cpuSpeed or memory should not be specified for static service offering');
    }
    return { cpu: offering.cpu, cpuSpeed: offering.cpuSpeed, memoryMiB: offering.memoryMiB };
  }
  // All of it has to be given at one index.
  const { cpuNumber, memory, cpuSpeed } = sized[0] ?? {};
  const { bounds } = offering;
  if (sized.length === 0) {
    throw invalid('Need to specify custom parameter values cpu, cpu speed and memory when using custom offering');
  }
  const cpu = within('cpu cores', cpuNumber, bounds?.minCpu ?? 1, bounds?.maxCpu ?? MAX);
  if (offering.cpuSpeed > 0 && cpuSpeed !== undefined) {
    throw invalid(
      `The cpu speed of this offering id:${offering.id} is not customizable. This is predefined as ${offering.cpuSpeed}.`,
    );
  }
  const speed = offering.cpuSpeed > 0 ? offering.cpuSpeed : within('cpu speed', cpuSpeed, 1, MAX);
  const memoryMiB = within('memory', memory, bounds?.minMemoryMiB ?? 32, bounds?.maxMemoryMiB ?? MAX);
  return { cpu, cpuSpeed: speed, memoryMiB };
}

/** Where an offering has no bound of its own. */
const MAX = 2_147_483_647;

function within(what: string, text: string | undefined, min: number, max: number): number {
  const value = Number(text);
  if (text === undefined || !Number.isInteger(value) || value < min || value > max) {
    throw invalid(`Invalid ${what} value, specify a value between ${min} and ${max}`);
  }
  return value;
}
