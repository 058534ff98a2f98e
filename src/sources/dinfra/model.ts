/** A provider on chain. */
export interface OnChainProvider {
  readonly id: number;
  /** The cold account, SS58: it registered the provider, pays deposits and receives the earnings. */
  readonly owner: string;
  /** The hot account, SS58: offers, heartbeat, tenures. */
  readonly operator: string;
  readonly accessKey: string;
  /** Opaque bytes, by convention JSON with `name` and `url`. */
  readonly metadata: string;
  readonly policy: 'Open' | 'AllowList' | 'DenyList';
  readonly status: 'Active' | 'Paused' | 'Leaving';
  /** The consumers on its lists, by their public keys in hex. */
  readonly rules: ReadonlyMap<string, 'Allow' | 'Deny'>;
  readonly offers: ReadonlyMap<string, OnChainOffer>;
  /** Last block its heartbeats cover; undefined before the first. */
  readonly freshUntil: number | undefined;
}

/** An offer on chain. */
export interface OnChainOffer {
  /** Price of one block in the chain's smallest unit. */
  readonly price: bigint;
  readonly capacity: number;
  /** Number of tenures that were awarded and not yet released. */
  readonly used: number;
  readonly withdrawn: boolean;
}
