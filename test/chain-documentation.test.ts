import { readFileSync } from 'node:fs';
import { Metadata, TypeRegistry } from '@polkadot/types';
import type { PalletMetadataV15 } from '@polkadot/types/interfaces';
import { beforeAll, describe, expect, it } from 'vitest';
import { runtimeMetadata } from '../dev/chain-types.ts';

/** docs/chain.md against the metadata of the committed runtime. */
const page = readFileSync(new URL('../docs/chain.md', import.meta.url), 'utf8');
const UNIT = 10n ** 12n;

let registry: TypeRegistry;
let pallets: readonly PalletMetadataV15[];

beforeAll(async () => {
  registry = new TypeRegistry();
  const metadata = new Metadata(registry, await runtimeMetadata());
  registry.setMetadata(metadata);
  pallets = [...metadata.asV15.pallets];
});

function pallet(name: string): PalletMetadataV15 {
  const found = pallets.find((one) => one.name.toString().toLowerCase() === name);
  if (found === undefined) throw new Error(`the runtime has no pallet ${name}`);
  return found;
}

/** The text from a heading to the next one. */
function section(heading: string): string {
  const [, after] = page.split(`\n### ${heading}\n`);
  if (after === undefined) throw new Error(`docs/chain.md has no heading "${heading}"`);
  return after.split(/\n##/)[0] ?? '';
}

/** The cells of all tables in a text, row by row and without the heads. */
function rows(text: string): string[][] {
  const tables = text.split('\n\n').filter((block) => block.includes('\n| --- '));
  return tables.flatMap((table) => {
    const lines = table.split('\n').filter((line) => line.startsWith('|'));
    return lines.slice(2).map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  });
}

/** The text in backticks. */
function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
}

/** The variants of a call, event or error type, and the names of their fields. */
function variants(type: { readonly type: { readonly toNumber: () => number } }): Map<string, string[]> {
  const { def } = registry.lookup.getSiType(type.type.toNumber());
  return new Map(
    def.asVariant.variants.map(({ name, fields }) => [
      name.toString(),
      fields.map((field) => field.name.unwrapOrDefault().toString()),
    ]),
  );
}

const sorted = (names: Iterable<string>) => [...names].sort();

describe.each(['provider', 'subscription'])('the reference of pallet %s', (name) => {
  it('docs/chain.md lists every call of the pallet with its arguments, and no other', () => {
    const real = variants(pallet(name).calls.unwrap());
    const table = rows(section(`Calls of \`${name}\``));
    expect(sorted(table.flatMap(([calls]) => quoted(calls ?? '')))).toEqual(sorted(real.keys()));
    for (const [calls = '', ...cells] of table) {
      // A column before the arguments names the caller if it is not always the same.
      const [documented = ''] = quoted(cells[name === 'provider' ? 0 : 1] ?? '');
      const names = documented.replaceAll('?', '').split(', ').filter(Boolean);
      for (const call of quoted(calls)) expect(names, call).toEqual(real.get(call));
    }
  });

  it('docs/chain.md lists every error of the pallet, and no other', () => {
    const documented = rows(section(`Errors of \`${name}\``)).flatMap(([errors]) => quoted(errors ?? ''));
    expect(sorted(documented)).toEqual(sorted(variants(pallet(name).errors.unwrap()).keys()));
  });

  it('docs/chain.md lists every event of the pallet, and no other', () => {
    const text = section(`Events of \`${name}\``);
    const table = rows(text).flatMap(([events]) => quoted(events ?? ''));
    const listed = quoted(text).flatMap((event) => /^(\w+) \{/.exec(event)?.[1] ?? []);
    const real = variants(pallet(name).events.unwrap());
    expect(sorted([...table, ...listed])).toEqual(sorted(real.keys()));
    for (const event of quoted(text)) {
      const [, which, fields] = /^(\w+) \{ (.+) \}$/s.exec(event) ?? [];
      if (which === undefined) continue;
      expect(fields?.replaceAll('?', '').split(/,\s+/), which).toEqual(real.get(which));
    }
  });

  it('docs/chain.md lists every constant of the pallet with its value and unit, and no other', () => {
    const [head = ''] = section('Constants')
      .split('\n\n')
      .filter((block) => block.startsWith(`| \`${name}\``));
    const documented = new Map<string, bigint>();
    for (const [names = '', values = '', unit = ''] of rows(head)) {
      expect(unit, `the unit of ${names}`).not.toBe('');
      const amounts = values.split('/').map((value) => value.trim());
      const suffix = / (UNIT|%)$/.exec(values)?.[1];
      for (const [index, constant] of quoted(names).entries()) {
        documented.set(constant, amount(amounts[index] ?? amounts[0] ?? '', suffix));
      }
    }
    const real = new Map(
      pallet(name).constants.map(({ name: constant, type, value }) => {
        const decoded = registry.createType(registry.createLookupType(type), value.toU8a(true));
        return [constant.toString(), BigInt(decoded.toString())];
      }),
    );
    expect(documented).toEqual(real);
  });
});

/** Converts a number of the page to the chain's: tokens in the smallest unit, percents as Perbill. */
function amount(text: string, suffix: string | undefined): bigint {
  const digits = text.replaceAll(',', '').replace(/ (UNIT|%)$/, '');
  if (suffix === '%') return BigInt(digits) * 10_000_000n;
  if (suffix === undefined) return BigInt(digits);
  const [whole = '', part = ''] = digits.split('.');
  return BigInt(whole) * UNIT + BigInt(part.padEnd(12, '0'));
}
