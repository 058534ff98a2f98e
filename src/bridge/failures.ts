import { LeadershipLostError } from '../base/fence.ts';
import type { Reason } from '../errors/catalogue.ts';
import { type DinfraError, findDinfraError, RetryableError } from '../errors/dinfra-error.ts';

/** What is wrong, for conditions and events. */
export interface Problem {
  readonly reason: Reason;
  readonly message: string;
}

/** The error as one of ours: anything else is a fault of the operator itself. */
export function asDinfraError(error: unknown): DinfraError {
  const ours = findDinfraError(error);
  if (ours !== undefined) return ours;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new RetryableError('ReconcileTimeout', { message: 'it took longer than it may', cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new RetryableError('UnexpectedError', { message: `the operator failed: ${message}`, cause: error });
}

export function problemOf({ code, message }: DinfraError): Problem {
  return { reason: code, message };
}

const WHOLE_SERVER: ReadonlySet<Reason> = new Set([
  'ClusterUnreachable',
  'ClusterUnauthorized',
  'ClusterTypeMissing',
  'ClusterUndecodable',
]);

/** True for a failure that the next object would meet as well. */
export function concernsWholeServer(error: unknown): boolean {
  if (error instanceof LeadershipLostError) return true;
  const ours = findDinfraError(error);
  return ours !== undefined && WHOLE_SERVER.has(ours.code);
}

/** What stays wrong until a person, or the owner of a descriptor type, changes something: `Stalled`, never `Reconciling`. */
const FOR_A_PERSON: ReadonlySet<Reason> = new Set([
  'AccountInUse',
  'AccountSecretInvalid',
  'AccountSecretMissing',
  'CallRefused',
  'ChainGenesisMismatch',
  'ChainPalletMissing',
  'ClusterForbidden',
  'ClusterInvalid',
  'ConsumerInvalid',
  'DescriptorTypeNotOnChain',
  'DescriptorTypeUnknown',
  'OfferDuplicate',
  'ProviderChanged',
  'ProviderMissing',
  'ReactorMissing',
  'ReactorTypeUnsupported',
]);

export function isForAPerson(reason: Reason): boolean {
  return FOR_A_PERSON.has(reason);
}
