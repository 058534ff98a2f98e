/** Options every command takes. */
export interface Common {
  readonly url: string;
  readonly account?: string;
  readonly keystore?: string;
  readonly secretFile?: string;
  readonly json: boolean;
}

export const STRATEGIES = ['RoundRobin', 'Random', 'MostFree', 'LowestPrice', 'MostReputable'] as const;

/** What `dinfra subscribe` was told. Amounts are in the chain's whole units, as text. */
export interface SubscribeFlags {
  readonly type: string;
  readonly funds: string;
  readonly grace: number;
  readonly provider?: number;
  readonly strategy: (typeof STRATEGIES)[number];
  readonly maxPrice?: string;
  readonly accessKey?: string;
  readonly wait: boolean;
}

/** What `dinfra ssh-key` was told. */
export interface SshKeyFlags {
  readonly out?: string;
  readonly comment: string;
  readonly public: boolean;
}
