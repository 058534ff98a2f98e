/**
 * metav1.MicroTime of a wall-clock time in milliseconds. Always six fractional digits: the API server rejects a Lease or
 * an Event with three.
 */
export function microTime(wallTimeMs: number): string {
  return new Date(wallTimeMs).toISOString().replace(/Z$/, '000Z');
}
