interface Waiting {
  readonly start: () => void;
}

/**
 * A number of slots, handed out round-robin to waiting tenants. One tenant, however much it requests, never gets all:
 * running work cannot be interrupted, so the last slot stays free for others.
 */
export class FairSlots {
  private readonly slots: number;
  private readonly perTenant: number;
  private readonly active = new Map<string, number>();
  private readonly waiting = new Map<string, Waiting[]>();
  private used = 0;

  constructor(slots: number) {
    this.slots = slots;
    this.perTenant = Math.max(1, slots - 1);
  }

  /**
   * Runs the work when a slot is free.
   *
   * @throws the signal's reason when it aborts before that.
   */
  async run<T>(tenant: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    await this.take(tenant, signal);
    try {
      return await work();
    } finally {
      this.leave(tenant);
    }
  }

  private take(tenant: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(tenant) ?? [];
      const entry: Waiting = {
        start: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        queue.splice(queue.indexOf(entry), 1);
        if (queue.length === 0) this.waiting.delete(tenant);
        reject(signal.reason);
      };
      queue.push(entry);
      this.waiting.set(tenant, queue);
      signal.addEventListener('abort', onAbort, { once: true });
      this.next();
    });
  }

  private leave(tenant: string): void {
    this.used -= 1;
    const left = (this.active.get(tenant) ?? 1) - 1;
    if (left === 0) this.active.delete(tenant);
    else this.active.set(tenant, left);
    this.next();
  }

  private next(): void {
    for (const [tenant, queue] of this.waiting) {
      if (this.used >= this.slots) return;
      const active = this.active.get(tenant) ?? 0;
      if (active >= this.perTenant) continue;
      // To the end of the line: the map keeps the order in which tenants were added.
      this.waiting.delete(tenant);
      const [first, ...rest] = queue;
      queue.splice(0, 1);
      if (rest.length > 0) this.waiting.set(tenant, queue);
      if (first === undefined) continue;
      this.used += 1;
      this.active.set(tenant, active + 1);
      first.start();
    }
  }
}
