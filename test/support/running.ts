import type { Present } from '../../src/providers/port.ts';

/** What a reactor finds of a workload that is up and as ordered. */
export const running: Present = {
  kind: 'Present',
  phase: 'Running',
  healthy: true,
  message: 'up',
  differences: [],
  endpoints: [],
};
