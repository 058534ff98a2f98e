import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bundled package. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}

/** Licences that allow distribution together with ours, Apache-2.0. */
const ALLOWED = [
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
  'BlueOak-1.0.0',
  'CC0-1.0',
];

/** The packages of bundled files, without duplicates, by name. `files` are paths below `root`. */
export function packagesOf(files: readonly string[], root: string): readonly Bundled[] {
  const folders = new Set(files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  return [...folders].map((folder) => read(join(root, folder))).sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * The licence notices of the bundle.
 *
 * @throws Error that names every package whose licence does not allow distribution.
 */
export function licenceTexts(packages: readonly Bundled[]): string {
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  if (refused.length > 0) {
    const named = refused.map(({ name, version, licence }) => `${name}@${version} (${licence})`).join(', ');
    throw new Error(
      `these packages cannot be shipped under Apache-2.0: ${named}; expected one of ${ALLOWED.join(', ')}`,
    );
  }
  return packages
    .map(({ name, version, licence, text }) => `${name} ${version}\n${licence}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** `A OR B` needs one of them, `A AND B` both. */
function isAllowed(licence: string): boolean {
  return licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => ALLOWED.includes(one.trim())));
}

function read(folder: string): Bundled {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const text = file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  return { name, version, licence: license ?? 'none stated', text };
}
