import type { Address, ApiObject, Cluster } from '../cluster.ts';
import { ofOneThing } from '../observe/failures.ts';

/**
 * Does something with every object of a kind. A refused object, or a kind that is not served, does not affect the
 * others. Returns the errors.
 */
export async function forEachOf(
  cluster: Cluster,
  address: Address,
  namespace: string,
  work: (object: ApiObject) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const troubles: string[] = [];
  const attempt = async (step: () => Promise<void>) => {
    try {
      await step();
    } catch (error) {
      troubles.push(ofOneThing(error).message.slice(0, 200));
    }
  };
  await attempt(async () => {
    const { items } = await cluster.list(address, { namespace }, signal);
    for (const object of items) await attempt(() => work(object));
  });
  return troubles;
}
