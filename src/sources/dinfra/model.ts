/** A provider as the chain has it. */
export interface OnChainProvider {
  readonly id: number;
  /** The cold account, SS58: registered, holds deposits, receives what is earned. */
  readonly owner: string;
  /** The hot account, SS58: offers, heartbeat, tenures. */
  readonly operator: string;
  readonly accessKey: string;
  /** Opaque bytes, by convention JSON with `name` and `url`. */
  readonly metadata: string;
  readonly policy: 'Open' | 'AllowList' | 'DenyList';
  readonly status: 'Active' | 'Paused' | 'Leaving';
  /** The consumers its lists name, by their public keys in hex. */
  readonly rules: ReadonlyMap<string, 'Allow' | 'Deny'>;
  readonly offers: ReadonlyMap<string, OnChainOffer>;
  /** Last block its heartbeats cover; undefined before the first. */
  readonly freshUntil: number | undefined;
}

/** An offer as the chain has it. */
export interface OnChainOffer {
  /** Price of one block in the chain's smallest unit. */
  readonly price: bigint;
  readonly capacity: number;
  /** Tenures awarded and not yet released. */
  readonly used: number;
  readonly withdrawn: boolean;
}
