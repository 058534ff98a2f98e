import { DinfraError } from '../../../errors/dinfra-error.ts';

/** True for an error that says nothing of what was asked about: nothing at all can be asked now. */
export function ofTheConnection(error: DinfraError): boolean {
  return error.code === 'ClusterUnreachable' || error.code === 'ClusterUnauthorized';
}

/**
 * The error when it is of the one thing that was asked for, such as an object that the API server cannot read.
 *
 * @throws the error when nothing can be asked now, or when it is none of ours.
 */
export function ofOneThing(error: unknown): DinfraError {
  if (error instanceof DinfraError && !ofTheConnection(error)) return error;
  throw error;
}
