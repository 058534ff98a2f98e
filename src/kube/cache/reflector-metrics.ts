import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReflectorHealth, ReflectorObserver } from './reflector-options.ts';

/** Metrics of all reflectors of a process: whether their watches are alive and complete. client-go exposes neither. */
export class ReflectorMetrics {
  private readonly lists;
  private readonly watches;
  private readonly failures;
  private readonly events;
  private readonly corrections;
  private readonly healths = new Map<string, () => ReflectorHealth>();

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['resource'] as const;
    this.lists = new Counter({ name: 'dinfra_kube_lists_total', help: 'Lists read in full.', labelNames, registers });
    this.watches = new Counter({ name: 'dinfra_kube_watches_total', help: 'Watches opened.', labelNames, registers });
    this.failures = new Counter({
      name: 'dinfra_kube_watch_failures_total',
      help: 'Lists and watches that failed, by catalogue reason.',
      labelNames: ['resource', 'step', 'reason'] as const,
      registers,
    });
    this.events = new Counter({
      name: 'dinfra_kube_watch_events_total',
      help: 'Changes delivered by watches.',
      labelNames,
      registers,
    });
    this.corrections = new Counter({
      name: 'dinfra_kube_watch_corrections_total',
      help: 'Changes that a watch had missed and a verification found. Anything but zero is a defect.',
      labelNames,
      registers,
    });
    const { healths } = this;
    new Gauge({
      name: 'dinfra_kube_objects',
      help: 'Objects in the local cache.',
      labelNames,
      registers,
      collect() {
        for (const [resource, health] of healths) this.set({ resource }, health().objects);
      },
    });
    new Gauge({
      name: 'dinfra_kube_watch_silence_seconds',
      help: 'Time since the last message of the API server about this resource; about a minute at rest.',
      labelNames,
      registers,
      collect() {
        for (const [resource, health] of healths) this.set({ resource }, health().silentMs / 1000);
      },
    });
  }

  /** The observer of one reflector. `resource` as in `deployments.dinfra.io`. */
  forResource(resource: string): ReflectorObserver {
    const own = { resource };
    for (const counter of [this.lists, this.watches, this.events, this.corrections]) counter.inc(own, 0);
    return {
      attach: (health) => this.healths.set(resource, health),
      listed: () => this.lists.inc(own),
      watching: () => this.watches.inc(own),
      failed: (step, reason) => this.failures.inc({ ...own, step, reason }),
      event: () => this.events.inc(own),
      corrected: (objects) => this.corrections.inc(own, objects),
    };
  }
}
