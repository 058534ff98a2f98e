/** Wakes one waiter. Calls coalesce, and a call while nobody waits is remembered. */
export class Wake {
  private called = false;
  private resume = () => {};

  call(): void {
    this.called = true;
    this.resume();
  }

  /** Resolves at the next call, after `ms` milliseconds, or immediately if it was called since the last wait. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.called && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          this.resume = () => {};
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener('abort', end, { once: true });
        this.resume = end;
      });
    }
    this.called = false;
  }
}
