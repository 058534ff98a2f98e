import { describe, expect, it } from 'vitest';
import { demandSameProvider } from './same-provider.ts';

const account = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';

describe('the account of a Provider', () => {
  it('any account is accepted before the first registration', () => {
    expect(() => demandSameProvider({}, account, undefined)).not.toThrow();
    expect(() => demandSameProvider({}, account, { id: 3 })).not.toThrow();
  });

  it('another account of the registered provider is accepted', () => {
    expect(() => demandSameProvider({ providerId: 0 }, account, { id: 0 })).not.toThrow();
  });

  it('an account of another provider is refused', () => {
    expect(() => demandSameProvider({ providerId: 0 }, account, { id: 3 })).toThrow(
      expect.objectContaining({
        code: 'ProviderChanged',
        message: `account ${account} acts for provider 3 on chain; expected provider 0, as which this resource was registered`,
      }),
    );
  });

  it('an account that acts for no provider is not registered again', () => {
    expect(() => demandSameProvider({ providerId: 0 }, account, undefined)).toThrow(/acts for no provider on chain/);
  });
});
