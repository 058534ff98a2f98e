import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Gauge, type Registry } from 'prom-client';

/** The version of this program. */
export interface Version {
  /** The version in package.json. */
  readonly version: string;
  /** The commit it was built from; empty when it runs from source or was not built from a repository. */
  readonly revision: string;
}

/** Defined by the bundler; undefined when running from source. */
declare const DINFRA_BUILD: { readonly version: string; readonly revision: string } | undefined;

const version: Version =
  typeof DINFRA_BUILD === 'undefined' ? { version: packageVersion(), revision: '' } : DINFRA_BUILD;

/** `0.1.0`, and ` (1a2b3c4)` when the commit is known. */
export function versionText({ version: number, revision }: Version = version): string {
  return revision === '' ? number : `${number} (${revision})`;
}

/** Exports the version as the customary info metric that is always 1. */
export function showBuildInfo(registry: Registry): void {
  const info = new Gauge({
    name: 'dinfra_build_info',
    help: 'Version of the program; always 1.',
    labelNames: ['version', 'revision', 'node'] as const,
    registers: [registry],
  });
  info.set({ version: version.version, revision: version.revision, node: process.versions.node }, 1);
}

function packageVersion(): string {
  const file = findPackageJSON(import.meta.url);
  if (file === undefined) return '0.0.0';
  const { version: number } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return number;
}
