import { LeadershipLostError } from '../base/fence.ts';
import type { Reason } from '../errors/catalogue.ts';
import { type DinfraError, findDinfraError, RetryableError } from '../errors/dinfra-error.ts';

/** A failure as conditions and events report it. */
export interface Problem {
  readonly reason: Reason;
  readonly message: string;
}

/** The error as one of ours: any other error is a defect of the operator. */
export function asDinfraError(error: unknown): DinfraError {
  const ours = findDinfraError(error);
  if (ours !== undefined) return ours;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new RetryableError('ReconcileTimeout', { message: 'it exceeded its time limit', cause: error });
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

/** True for a failure that the next object would run into as well. */
export function concernsWholeServer(error: unknown): boolean {
  if (error instanceof LeadershipLostError) return true;
  const ours = findDinfraError(error);
  return ours !== undefined && WHOLE_SERVER.has(ours.code);
}

/**
 * True if retrying cannot help until a person, or the owner of a descriptor type, changes something: `Stalled`, never
 * `Reconciling`.
 */
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
