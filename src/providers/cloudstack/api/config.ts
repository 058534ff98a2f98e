import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';

export type { CloudStackConfig };

/** How hard the API may be used. */
export type CallLimits = NonNullable<CloudStackConfig['limits']>;

/** The API key pair of the account. Never logged, never in an error. */
export interface CloudStackCredentials {
  readonly apiKey: string;
  readonly secretKey: string;
}
