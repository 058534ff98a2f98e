/** How one part of the operator is: undefined when it is well, else one line saying what is wrong. */
export type HealthCheck = () => string | undefined;

/** The parts that /healthz and /readyz ask. A part removes itself with the function `add…` returns. */
export class Health {
  private readonly live = new Map<string, HealthCheck>();
  private readonly ready = new Map<string, HealthCheck>();

  /** A check of something that only a restart of the process helps, such as a loop that has died. */
  addLive(name: string, check: HealthCheck): () => void {
    return register(this.live, name, check);
  }

  /**
   * A check of something this process has to have done before it can take over, such as reading the cluster once. Never of
   * the world outside: a rollout must complete while a chain or a cloud is away.
   */
  addReady(name: string, check: HealthCheck): () => void {
    return register(this.ready, name, check);
  }

  /** The report behind /healthz. */
  liveness(): HealthReport {
    return reportOf(this.live);
  }

  /** The report behind /readyz. Nothing that is not alive is ready. */
  readiness(): HealthReport {
    return reportOf(new Map([...this.live, ...this.ready]));
  }
}

/** One line a check, `[+]name ok` or `[-]name: what is wrong`, as Kubernetes' own components print them. */
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
