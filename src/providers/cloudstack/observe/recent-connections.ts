import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Connections } from './found.ts';

/** How long connections count as known, in milliseconds. */
const FRESH_MS = 60_000;

/** What may be different after a step, by the command that was sent. Any other command leaves connections alone. */
const touches: ReadonlyMap<string, keyof Connections> = new Map([
  ['createFirewallRule', 'firewall'],
  ['deleteFirewallRule', 'firewall'],
  ['createPortForwardingRule', 'forwards'],
  ['deletePortForwardingRule', 'forwards'],
  ['createEgressFirewallRule', 'egress'],
  ['deleteEgressFirewallRule', 'egress'],
  ['associateIpAddress', 'addresses'],
  ['enableStaticNat', 'addresses'],
  ['disableStaticNat', 'addresses'],
  // A network gets its source NAT address with its first VM.
  ['deployVirtualMachine', 'addresses'],
]);

/**
 * A tenure's network as it was read before the last step, so that the next observation reads only what the step may have
 * changed. Each is used once: whatever others changed meanwhile shows in the observation after.
 */
export class RecentConnections {
  readonly #clock: Clock;
  readonly #known = new BoundedCache<{ readonly at: number; readonly connections: Partial<Connections> }>(1_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers what was read before commands were sent, without what they touch. */
  remember(name: string, read: Connections, commands: readonly string[]): void {
    const { networks, addresses, forwards, firewall, egress } = read;
    const connections: { -readonly [K in keyof Connections]?: Connections[K] } = {
      networks,
      addresses,
      forwards,
      firewall,
      egress,
    };
    for (const command of commands) {
      const touched = touches.get(command);
      if (touched !== undefined) delete connections[touched];
    }
    this.#known.set(name, { at: this.#clock.monotonic(), connections });
  }

  /** What need not be read again. */
  take(name: string): Partial<Connections> {
    const known = this.#known.get(name);
    this.#known.delete(name);
    return known !== undefined && this.#clock.monotonic() - known.at < FRESH_MS ? known.connections : {};
  }

  forget(name: string): void {
    this.#known.delete(name);
  }
}
