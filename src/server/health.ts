/** Checks one part of the operator: undefined when it is healthy, otherwise one line that says what is wrong. */
export type HealthCheck = () => string | undefined;

/** The checks behind /healthz and /readyz. The function `add…` returns removes a check again. */
export class Health {
  private readonly live = new Map<string, HealthCheck>();
  private readonly ready = new Map<string, HealthCheck>();

  /** A check for what only a restart of the process can fix, such as a loop that has died. */
  addLive(name: string, check: HealthCheck): () => void {
    return register(this.live, name, check);
  }

  /**
   * A check for what this process must have done before it can take over, such as syncing its caches. Never a check of an
   * external system: a rollout must complete while a chain or a cloud is down.
   */
  addReady(name: string, check: HealthCheck): () => void {
    return register(this.ready, name, check);
  }

  /** The report for /healthz. */
  liveness(): HealthReport {
    return reportOf(this.live);
  }

  /** The report for /readyz. Includes the liveness checks: what is not alive is not ready. */
  readiness(): HealthReport {
    return reportOf(new Map([...this.live, ...this.ready]));
  }
}

/** One line a check, `[+]name ok` or `[-]name: what is wrong`, as Kubernetes components print them. */
export interface HealthReport {
  readonly ok: boolean;
  readonly text: string;
}

function register(checks: Map<string, HealthCheck>, name: string, check: HealthCheck): () => void {
  checks.set(name, check);
  return () => {
    if (checks.get(name) === check) checks.delete(name);
  };
}

function reportOf(checks: ReadonlyMap<string, HealthCheck>): HealthReport {
  const results = [...checks].map(([name, check]) => ({ name, problem: check() }));
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name}: ${problem}`,
  );
  return { ok: results.every(({ problem }) => problem === undefined), text: `${lines.join('\n')}\n` };
}
