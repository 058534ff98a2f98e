import type { Deployment } from '../../api/deployment.ts';
import type { Tenure } from '../../award/identity.ts';
import type { Standing } from '../../award/source.ts';

/** Asks the source of an award for the standing of its tenure. */
export interface Standings {
  standing(tenure: Tenure, signal: AbortSignal): Promise<Standing>;
}

/** Records events for people. */
export interface DeploymentEvents {
  record(
    deployment: Deployment,
    event: {
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly action: string;
      readonly note: string;
    },
  ): void;
}

/** Metrics of reconciles. */
export interface ReconcileMetrics {
  /** Runs a call of the reactor port and records its duration and failure. */
  timed<T>(reactor: string, method: string, call: () => Promise<T>): Promise<T>;
  /** Counts a reconcile that ended with a hindrance. */
  hindered(reason: string): void;
  /** `now` in Unix milliseconds. */
  becameReady(deployment: Deployment, now: number): void;
}
