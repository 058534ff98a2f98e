import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Connections } from './found.ts';

/** How long connections count as known, in milliseconds. */
const FRESH_MS = 60_000;

/** What a step may have changed, by the command that was sent. Other commands do not affect connections. */
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
 * The networks of tenures as read before the last step, so that the next observation only reads what the step may have
 * changed. Each entry is used once, so changes by others show in the observation after that.
 */
export class RecentConnections {
  readonly #clock: Clock;
  readonly #known = new BoundedCache<{ readonly at: number; readonly connections: Partial<Connections> }>(1_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Stores what was read before commands were sent, without the parts that they change. */
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

  /** The parts that need not be read again. */
  take(name: string): Partial<Connections> {
    const known = this.#known.get(name);
    this.#known.delete(name);
    return known !== undefined && this.#clock.monotonic() - known.at < FRESH_MS ? known.connections : {};
  }

  forget(name: string): void {
    this.#known.delete(name);
  }
}
