import type { Deployment } from '../../api/deployment.ts';
import type { Tenure } from '../../award/identity.ts';
import type { Standing } from '../../award/source.ts';

/** Says where tenures stand at their source, asked for now. */
export interface Standings {
  standing(tenure: Tenure, signal: AbortSignal): Promise<Standing>;
}

/** Records for people what changed. */
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

/** What is counted and timed. */
export interface ReconcileMetrics {
  /** Runs a call of the reactor port and keeps how long it took and how it failed. */
  timed<T>(reactor: string, method: string, call: () => Promise<T>): Promise<T>;
  /** A reconcile ended with something in the way. */
  hindered(reason: string): void;
  /** `now` in Unix milliseconds. */
  becameReady(deployment: Deployment, now: number): void;
}
