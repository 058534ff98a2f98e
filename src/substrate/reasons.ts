import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons about a chain’s node, its history, and transactions. */
export const substrateReasons = {
  ChainUnreachable: {
    family: 'retryable',
    summary: 'No chain endpoint answers, or what answers is not a Substrate node.',
    remedy:
      'Check spec.chain.endpoints of the Provider and the network policy. A node that answers 429 or 503 limits connections: use another, or one of your own. The operator keeps trying one after the other.',
  },
  ChainStalled: {
    family: 'retryable',
    summary: 'The node is connected and reports no new finalised block.',
    remedy: 'Check the node; the operator has dropped the connection and tries the next endpoint.',
  },
  ChainBehind: {
    family: 'retryable',
    summary: 'The node is behind the last finalised block we acted on, or is still syncing what lies before it.',
    remedy: 'Wait until the node has synced, or point the Provider at another one. Nothing is touched meanwhile.',
  },
  ChainGenesisMismatch: {
    family: 'retryable',
    summary: 'The node belongs to another chain than the one this Provider is on.',
    remedy: 'Correct spec.chain.endpoints. Nothing is touched meanwhile.',
  },
  ChainDiverged: {
    family: 'retryable',
    summary: 'The node does not know the last finalised block whose effects are in the cluster.',
    remedy: 'Point the Provider at a node of the same history. Nothing is touched meanwhile.',
  },
  ChainUndecodable: {
    family: 'retryable',
    summary: 'A response of the chain could not be decoded, for example after a runtime upgrade.',
    remedy: 'Upgrade the operator if it persists. Nothing is skipped: the whole state is read again.',
  },
  TransactionRejected: {
    family: 'retryable',
    summary: 'The node rejected a transaction of the provider, for example because the account cannot pay its fee.',
    remedy: "Look at the message; check the account's balance and that nothing else signs with it.",
  },
  TransactionLost: {
    family: 'retryable',
    summary: 'A transaction was sent and was not finalised in time.',
    remedy: "Nothing to do if it is rare: the chain's state is read again, and calls without effect are sent again.",
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof substrateReasons> {}
}
