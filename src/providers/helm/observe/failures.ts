import { DinfraError } from '../../../errors/dinfra-error.ts';

/** True for an error that is not about the requested object: the API server cannot be reached at all. */
export function ofTheConnection(error: DinfraError): boolean {
  return error.code === 'ClusterUnreachable' || error.code === 'ClusterUnauthorized';
}

/**
 * Returns the error when it is about the requested object, such as one the API server cannot read.
 *
 * @throws the error if the API server cannot be reached, or if it is unexpected.
 */
export function ofOneThing(error: unknown): DinfraError {
  if (error instanceof DinfraError && !ofTheConnection(error)) return error;
  throw error;
}
