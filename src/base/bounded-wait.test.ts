import { describe, expect, it } from 'vitest';
import { BoundedWaits } from './bounded-wait.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 25, 12);

/** A host whose wall clock can be set while its monotonic clock keeps running. */
class Host {
  private elapsed = 0;
  private offset = 0;

  pass(ms: number): void {
    this.elapsed += ms;
  }

  setWallClock(offset: number): void {
    this.offset = offset;
  }

  monotonic(): number {
    return this.elapsed;
  }

  wallTime(): number {
    return START + this.offset + this.elapsed;
  }
}

function at(ms: number): string {
  return new Date(START + ms).toISOString();
}

describe('the age of a timestamp', () => {
  it('the age of a timestamp is the time since it while clocks agree', () => {
    const host = new Host();
    const waits = new BoundedWaits(host);
    host.pass(3 * MINUTE);
    expect(waits.ageMs('a', at(MINUTE), 10 * MINUTE)).toBe(2 * MINUTE);
    host.pass(MINUTE);
    expect(waits.ageMs('a', at(MINUTE), 10 * MINUTE)).toBe(3 * MINUTE);
  });

  it('the age of a timestamp from a host whose clock is an hour ahead counts from when it is first seen', () => {
    const host = new Host();
    const waits = new BoundedWaits(host);
    expect(waits.ageMs('a', at(60 * MINUTE), 10 * MINUTE)).toBe(0);
    host.pass(10 * MINUTE);
    expect(waits.ageMs('a', at(60 * MINUTE), 10 * MINUTE)).toBe(10 * MINUTE);
  });

  it('the age of a timestamp from a host whose clock is a day behind is at most the bound', () => {
    expect(new BoundedWaits(new Host()).ageMs('a', at(-24 * 60 * MINUTE), 10 * MINUTE)).toBe(10 * MINUTE);
  });

  it.each([-60, 60])('the age of a timestamp does not change when the wall clock is moved by %d minutes', (minutes) => {
    const host = new Host();
    const waits = new BoundedWaits(host);
    waits.ageMs('a', at(0), 10 * MINUTE);
    host.pass(MINUTE);
    host.setWallClock(minutes * MINUTE);
    expect(waits.ageMs('a', at(0), 10 * MINUTE)).toBe(MINUTE);
  });

  it('a wait restarts with a different timestamp and after it was forgotten', () => {
    const host = new Host();
    const waits = new BoundedWaits(host);
    waits.ageMs('a', at(60 * MINUTE), 10 * MINUTE);
    host.pass(5 * MINUTE);
    expect(waits.ageMs('a', at(61 * MINUTE), 10 * MINUTE)).toBe(0);
    host.pass(5 * MINUTE);
    waits.forget('a');
    expect(waits.ageMs('a', at(61 * MINUTE), 10 * MINUTE)).toBe(0);
  });

  it('the age of a timestamp that cannot be parsed counts from when it is first seen', () => {
    const host = new Host();
    const waits = new BoundedWaits(host);
    expect(waits.ageMs('a', 'yesterday', MINUTE)).toBe(0);
    host.pass(MINUTE);
    expect(waits.ageMs('a', 'yesterday', MINUTE)).toBe(MINUTE);
  });
});

describe('the time until the end of a wait', () => {
  it('the time left of a wait is at most the bound, however far in the future the timestamp is', () => {
    const host = new Host();
    const waits = new BoundedWaits(host);
    expect(waits.untilMs('a', at(60 * MINUTE), 5 * MINUTE)).toBe(5 * MINUTE);
    host.pass(2 * MINUTE);
    expect(waits.untilMs('a', at(60 * MINUTE), 5 * MINUTE)).toBe(3 * MINUTE);
    host.pass(4 * MINUTE);
    expect(waits.untilMs('a', at(60 * MINUTE), 5 * MINUTE)).toBe(0);
  });

  it('the time left of a wait is exact while clocks agree', () => {
    expect(new BoundedWaits(new Host()).untilMs('a', at(2 * MINUTE), 5 * MINUTE)).toBe(2 * MINUTE);
  });
});
