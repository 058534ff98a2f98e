/**
 * Processor time of this process so far, in milliseconds. To bound how much work something is: other than a clock, it does
 * not go on while a busy machine runs other processes.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
