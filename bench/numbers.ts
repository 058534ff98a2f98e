import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The value below which that share of them lies, by nearest rank. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** DINFRA_BENCH_SCALE makes everything smaller while a bench is worked on: 0.1 takes a tenth. Figures say what was taken. */
export function scaled(count: number): number {
  return Math.max(1, Math.round(count * Number(process.env['DINFRA_BENCH_SCALE'] ?? 1)));
}

/** The sum of a metric's samples whose labels contain all of these, of a page in Prometheus' text format. */
export function metricSum(page: string, name: string, ...labels: readonly string[]): number {
  let sum = 0;
  for (const line of page.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (labels.every((label) => line.includes(label))) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

/** CPU seconds a process has used itself, without its children. The kernel counts in hundredths. */
export function ownCpuSeconds(pid: number): number {
  return cpuSeconds(`${pid}`, [11, 12]);
}

/** CPU seconds of the children of this process that have ended. */
export function childrenCpuSeconds(): number {
  return cpuSeconds('self', [13, 14]);
}

/** The sum of some fields of /proc/PID/stat after the command's name. */
function cpuSeconds(pid: string, fields: readonly number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field] ?? 0), 0) / 100;
}

/**
 * On a machine that others use, too: with DINFRA_BENCH_GATE what takes long to prepare waits, before it is measured, for
 * somebody to make the file of that name, followed by a hyphen and `what`.
 */
export async function untilMachineIsFree(what: string, say: (line: string) => void): Promise<void> {
  const gate = process.env['DINFRA_BENCH_GATE'];
  if (gate === undefined) return;
  say(`waiting for ${gate}-${what} …`);
  while (!existsSync(`${gate}-${what}`)) await sleep(1_000);
}
