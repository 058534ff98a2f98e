/** Options of every command. */
export interface Common {
  readonly url: string;
  /** What the runtime calls the two pallets. */
  readonly providerPallet: string;
  readonly subscriptionPallet: string;
  readonly account?: string;
  readonly keystore?: string;
  readonly secretFile?: string;
  readonly json: boolean;
}

export const STRATEGIES = ['RoundRobin', 'Random', 'MostFree', 'LowestPrice', 'MostReputable'] as const;

/** Options of `dinfra subscribe`. Amounts are text, in whole units of the chain. */
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

/** Options of `dinfra ssh-key`. */
export interface SshKeyFlags {
  readonly out?: string;
  readonly comment: string;
  readonly public: boolean;
}
