import type { ProviderStatus } from '../../api/provider.ts';
import type { RegisteredProvider } from '../../award/source.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';

/**
 * Ensures that the account still acts for the provider this resource was registered as. With another account the
 * desired set is another provider's, and everything that runs would look as if it were gone from the chain.
 *
 * @throws RetryableError ProviderChanged, naming account and number.
 */
export function demandSameProvider(
  { providerId }: Pick<ProviderStatus, 'providerId'>,
  account: string,
  found: Pick<RegisteredProvider, 'id'> | undefined,
): void {
  if (providerId === undefined || providerId === found?.id) return;
  const now = found === undefined ? 'for no provider' : `for provider ${found.id}`;
  throw new RetryableError('ProviderChanged', {
    message: `account ${account} acts ${now} on chain; expected provider ${providerId}, as which this resource was registered`,
  });
}
