import type { TenureState } from '../../award/state.ts';
import type { ContentRef } from '../../base/content-ref.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';

/** A tenure a provider has to care for, at one finalised block: realise it, keep it, suspend it, or remove and confirm. */
export interface DesiredTenure {
  readonly subscription: bigint;
  readonly tenure: number;
  readonly state: TenureState;
  /** SS58 address. */
  readonly consumer: string;
  /** The consumer's ed25519 key, hex. */
  readonly accessKey: string;
  /** Name of the descriptor type, e.g. `helm/v1`. */
  readonly type: string;
  readonly content: ContentRef;
  /** What the consumer wants next; to be accepted or declined. */
  readonly update: ContentRef | undefined;
  /** Price of one block in the chain's smallest unit. */
  readonly price: bigint;
  /** While Active: the block the funds last for at least. */
  readonly paidUntil: number | undefined;
  /** What the state waits for happens by this block. */
  readonly deadline: number | undefined;
  /** Why it is Degraded or has Ended: a reason code. */
  readonly reason: number | undefined;
}

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

/** A descriptor type as the chain has it. */
export interface OnChainType {
  readonly name: string;
  /** SS58 address. */
  readonly owner: string;
  readonly schema: ContentRef;
  readonly version: number;
  readonly retired: boolean;
}

/** Everything of one provider, read at one finalised block. */
export interface ProviderState {
  readonly block: BlockRef;
  /** Undefined when the account neither owns nor operates one. */
  readonly provider: OnChainProvider | undefined;
  /** The whole desired set. */
  readonly tenures: readonly DesiredTenure[];
  /** The types asked for, and those of the tenures; a type the chain does not have is not in it. */
  readonly types: ReadonlyMap<string, OnChainType>;
  /** How many blocks one heartbeat covers. */
  readonly heartbeatPeriod: number;
}
