import type { ContentRef } from '../base/content-ref.ts';
import type { TenureState } from './state.ts';

/** One award to one provider as its source has it at a finalised point: realise it, keep it, suspend it, or remove it. */
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
  /** What the consumer wants next; to be accepted or declined. */
  readonly update: ContentRef | undefined;
  /** Price of one block in the smallest unit. */
  readonly price: bigint;
  /** While Active: the block the funds last for at least. */
  readonly paidUntil: number | undefined;
  /** What the state waits for has to happen by this block. */
  readonly deadline: number | undefined;
  /** Why it is Degraded or has Ended: a reason code. */
  readonly reason: number | undefined;
}
