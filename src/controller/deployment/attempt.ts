import { type DinfraError, findDinfraError } from '../../errors/dinfra-error.ts';

/** Either a value or what went wrong, one of ours. */
export type Attempt<T> =
  | { readonly value: T; readonly failure: undefined }
  | { readonly value: undefined; readonly failure: DinfraError };

/** Does the work. What goes wrong in a way we know is an outcome; everything else is thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work(), failure: undefined };
  } catch (error) {
    const ours = findDinfraError(error);
    if (ours === undefined) throw error;
    return failed(ours);
  }
}

/** One that came to nothing. */
export function failed<T>(failure: DinfraError): Attempt<T> {
  return { value: undefined, failure };
}
