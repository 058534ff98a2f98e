import type { ContentRef } from '../base/content-ref.ts';

/**
 * The state of a tenure on chain, at a finalised block. `Pending` belongs to the subscription, not to a tenure. The
 * state machine is in docs/chain.md.
 */
export const tenureStates = ['Awarded', 'Accepted', 'Active', 'Degraded', 'Suspended', 'Ended'] as const;

/** One of `tenureStates`. */
export type TenureState = (typeof tenureStates)[number];

/** One award to a provider, as its source has it at a finalised point: what to realise, keep, suspend or remove. */
export interface Award {
  readonly subscription: bigint;
  readonly tenure: number;
  readonly state: TenureState;
  /** The consumer's account, as the source writes it (SS58 of the chain's prefix). */
  readonly consumer: string;
  /** The consumer's ed25519 access key, hex. */
  readonly accessKey: string;
  /** Name of the descriptor type, e.g. `helm/v1`. */
  readonly type: string;
  readonly content: ContentRef;
  /** An update the consumer has requested, to be accepted or declined. */
  readonly update: ContentRef | undefined;
  /** Price of one block in the smallest unit. */
  readonly price: bigint;
  /** While Active: the block until which the funds last at least. */
  readonly paidUntil: number | undefined;
  /** The block by which the current state must be left, e.g. by an answer. */
  readonly deadline: number | undefined;
  /** The reason code for Degraded or Ended. */
  readonly reason: number | undefined;
}
