import { expect, vi } from 'vitest';
import { Reflector } from '../../src/kube/cache/reflector.ts';
import type { ReflectorObserver, ReflectorTiming } from '../../src/kube/cache/reflector-options.ts';
import type { KubeClient } from '../../src/kube/client/kube-client.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { hastyClient } from './fake-cluster-access.ts';
import { type ConfigMap, configMaps } from './kube-objects.ts';

/** The real timing, a hundred times faster. */
const FAST: ReflectorTiming = {
  backoff: { initialMs: 8, maxMs: 300, jitter: 1 },
  watchSeconds: [3, 6],
  inactivityMs: 1_500,
  verifyMs: 600_000,
};

/** A change that a reflector reported to its observer. */
interface Observed extends ReflectorObserver {
  readonly seen: { lists: number; watches: number; corrections: number };
  readonly failures: string[];
}

/** A server that misbehaves on request, and reflectors of it. */
export class ReflectorWorld {
  readonly server: FakeApiServer;
  readonly client: KubeClient;
  readonly stop = new AbortController();

  private constructor(server: FakeApiServer) {
    this.server = server;
    this.client = hastyClient(server.url, { deadlineMs: 1_000 });
  }

  static async start(): Promise<ReflectorWorld> {
    return new ReflectorWorld(await FakeApiServer.start());
  }

  async end(): Promise<void> {
    this.stop.abort(new Error('test over'));
    await this.client.close();
    await this.server.stop();
  }

  reflect(timing: Partial<ReflectorTiming> = {}, signal = this.stop.signal) {
    const observer = newObserver();
    const options = { client: this.client, type: configMaps, signal, observer };
    return { reflector: new Reflector({ ...options, timing: { ...FAST, ...timing } }), observer };
  }

  /** Resolves once a watch is open. */
  async isWatching(): Promise<void> {
    await vi.waitFor(() => expect(this.server.watching).toBe(1), { timeout: 5_000 });
  }

  /** Resolves once the reflector has the contents of the server. */
  async agrees(reflector: Reflector<ConfigMap>): Promise<void> {
    await vi.waitFor(() => expect(contentsOf(reflector)).toEqual(this.server.contents()), {
      timeout: 15_000,
      interval: 5,
    });
  }
}

/** The values of all objects by name. */
export function contentsOf(reflector: Reflector<ConfigMap>): Record<string, string> {
  return Object.fromEntries(reflector.store.list().map(({ metadata, data }) => [metadata.name, data?.['value'] ?? '']));
}

function newObserver(): Observed {
  const seen = { lists: 0, watches: 0, corrections: 0 };
  const failures: string[] = [];
  return {
    seen,
    failures,
    attach: () => undefined,
    event: () => undefined,
    listed: () => {
      seen.lists += 1;
    },
    watching: () => {
      seen.watches += 1;
    },
    failed: (step, reason) => {
      failures.push(`${step} ${reason}`);
    },
    corrected: (objects) => {
      seen.corrections += objects;
    },
  };
}
