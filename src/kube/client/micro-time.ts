/**
 * metav1.MicroTime of a wall-clock time in milliseconds. Six digits after the second, always: the API server refuses a
 * Lease or an Event with three.
 */
export function microTime(wallTimeMs: number): string {
  return new Date(wallTimeMs).toISOString().replace(/Z$/, '000Z');
}
