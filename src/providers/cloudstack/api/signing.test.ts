import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalString, encode, signatureOf, signedForm } from './signing.ts';

interface Recorded {
  readonly secretKey: string;
  readonly exchanges: readonly {
    readonly name: string;
    readonly parameters: Record<string, string>;
    readonly stringToSign: string;
    readonly signature: string;
    readonly accepted: boolean;
  }[];
}

const file = new URL('../../../../test/fixtures/cloudstack/signatures.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;

describe('the signature of a call', () => {
  const accepted = recorded.exchanges.filter((exchange) => exchange.accepted);
  const refused = recorded.exchanges.filter((exchange) => !exchange.accepted);

  it.each(accepted)(
    'the signature equals the one a real server accepted for $name',
    ({ parameters, stringToSign, signature }) => {
      expect(canonicalString(parameters)).toBe(stringToSign);
      expect(signatureOf(parameters, recorded.secretKey)).toBe(signature);
    },
  );

  it.each(refused)(
    'the signature differs from the one a real server rejected for $name',
    ({ parameters, stringToSign }) => {
      expect(canonicalString(parameters)).not.toBe(stringToSign);
    },
  );

  it('the recorded signatures cover what clients get wrong', () => {
    expect(refused.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['error_sig_tilde_unescaped', 'error_sig_star_escaped', 'error_sig_space_as_plus']),
    );
  });
});

describe('the form of a call', () => {
  const credentials = { apiKey: 'key', secretKey: 'secret' };

  it('a signed call expires after ten minutes', () => {
    const form = new URLSearchParams(signedForm('listZones', {}, credentials, Date.UTC(2026, 10, 21, 2, 39, 7)));
    expect(form.get('expires')).toBe('2026-11-21T02:49:07+0000');
    expect(form.get('signatureVersion')).toBe('3');
  });

  it('every parameter value arrives unchanged and signed', () => {
    const name = fc.stringMatching(/^[a-zA-Z]{1,8}(\[\d\]\.[a-z]{1,5})?$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' })), (parameters) => {
        const form = new URLSearchParams(signedForm('listZones', parameters, credentials, 0));
        const { signature, ...arrived } = Object.fromEntries(form);
        for (const [key, value] of Object.entries(parameters)) {
          if (!['apiKey', 'command', 'expires', 'response', 'signatureVersion'].includes(key)) {
            expect(arrived[key]).toBe(value);
          }
        }
        expect(signature).toBe(signatureOf(arrived, 'secret'));
      }),
    );
  });

  it('a signed call never contains the secret key', () => {
    expect(signedForm('listZones', { a: 'b' }, { apiKey: 'key', secretKey: 'hush-hush' }, 0)).not.toContain('hush');
  });
});

describe('the encoding of a value', () => {
  it("encoding leaves only Java's unreserved characters as they are", () => {
    expect(encode("Az09-_.*~ +/!'()ü")).toBe('Az09-_.*%7E%20%2B%2F%21%27%28%29%C3%BC');
  });

  it('encoding survives half of a surrogate pair', () => {
    expect(encode('\ud800')).toBe('%EF%BF%BD');
  });
});
