import { describe, expect, it } from 'vitest';
import { demandSameProvider } from './same-provider.ts';

const account = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';

describe('the account of a Provider', () => {
  it('may be anybody’s before the first registration', () => {
    expect(() => demandSameProvider({}, account, undefined)).not.toThrow();
    expect(() => demandSameProvider({}, account, { id: 3 })).not.toThrow();
  });

  it('acts for the provider that was registered, also when it is another account', () => {
    expect(() => demandSameProvider({ providerId: 0 }, account, { id: 0 })).not.toThrow();
  });

  it('is not taken when it acts for another provider: what runs is not that one’s', () => {
    expect(() => demandSameProvider({ providerId: 0 }, account, { id: 3 })).toThrow(
      expect.objectContaining({
        code: 'ProviderChanged',
        message: `account ${account} acts for provider 3 on chain; expected provider 0, as which this resource was registered`,
      }),
    );
  });

  it('is not registered anew when it acts for nobody', () => {
    expect(() => demandSameProvider({ providerId: 0 }, account, undefined)).toThrow(/acts for no provider on chain/);
  });
});
