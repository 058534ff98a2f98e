import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenceTexts, packagesOf } from './licences.ts';

/** The entry points, by their name in dist/. */
const ENTRIES = {
  'dinfra-operator': 'src/main.ts',
  dinfra: 'src/cli/main.ts',
  'schema-worker': 'src/descriptors/schema/schema-worker.ts',
  'helm-worker': 'src/providers/helm/worker/helm-worker.ts',
};

/** CommonJS packages load Node's own modules with `require`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);";

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Writes dist/: the operator and the `dinfra` command as they are shipped, one file each and shared chunks, with source
 * maps and the licences of all bundled packages. It runs without node_modules.
 */
export async function bundle(out: string = join(root, 'dist')): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    sourcemap: true,
    // The sources are in the repository; stack traces need names and lines only.
    sourcesContent: false,
    metafile: true,
    legalComments: 'none',
    // In the same folder: code that starts a worker thread refers to the worker's file relative to its own.
    chunkNames: '[name]-[hash]',
    banner: { js: REQUIRE },
    define: { DINFRA_BUILD: JSON.stringify(buildOf()) },
    logLevel: 'warning',
  });
  const packages = packagesOf(Object.keys(metafile.inputs), root);
  writeFileSync(join(out, 'THIRD-PARTY-LICENSES.txt'), licenceTexts(packages));
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ type: 'module', private: true }, undefined, 2)}\n`);
}

/** How the image starts the operator of a bundle, before its flags: see the Dockerfile. `more` are flags of Node. */
export function startCommand(out: string, more: readonly string[] = []): readonly [string, ...string[]] {
  return [process.execPath, '--max-semi-space-size=4', ...more, join(out, 'dinfra-operator.js')];
}

/** Version and revision, for `--version`, logs and metrics. */
function buildOf(): { readonly version: string; readonly revision: string } {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { version, revision: process.env['DINFRA_REVISION'] ?? revisionOf() };
}

/** Empty outside of a git checkout, as in the image's build. */
function revisionOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

if (import.meta.main) await bundle(process.argv[2]);
