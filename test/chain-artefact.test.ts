import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The committed WebAssembly of the chain's runtime, and the check that it was built from the sources beside it. */
const sources = fileURLToPath(new URL('../chain', import.meta.url));
/** Folders that are not part of the sources, and may be large. */
const left = new Set(['target', 'weigher']);

let chain: string;

beforeEach(() => {
  chain = mkdtempSync(join(tmpdir(), 'dinfra-artefact-'));
  cpSync(sources, chain, { recursive: true, filter: (path) => !left.has(basename(path)) });
});
afterEach(() => rmSync(chain, { recursive: true, force: true }));

async function check(): Promise<{ readonly code: number | undefined; readonly said: string }> {
  const { exitCode, all } = await execa(join(chain, 'check-wasm'), { all: true, reject: false });
  return { code: exitCode, said: all };
}

const remedy =
  'Run chain/build and commit runtime/dinfra_runtime.compact.compressed.wasm and runtime/wasm.digest with your change.';

describe('the check of the committed runtime', () => {
  it('the runtime check passes for the committed files', async () => {
    expect(await check()).toMatchObject({ code: 0 });
  });

  it.each([
    'pallets/provider/src/registry.rs',
    'pallets/subscription/src/payment.rs',
    'runtime/src/configs.rs',
    'Cargo.lock',
  ])('the runtime check fails when one byte of %s changes, and says what to do', async (file) => {
    appendFileSync(join(chain, file), '\n');
    const { code, said } = await check();
    expect(code).toBe(1);
    expect(said).toContain('the sources of the runtime have changed since the wasm was built');
    expect(said).toContain(remedy);
  });

  it('the runtime check fails when a source file is added or removed', async () => {
    writeFileSync(join(chain, 'pallets/provider/src/more.rs'), '');
    expect(await check()).toMatchObject({ code: 1 });
    rmSync(join(chain, 'pallets/provider/src/more.rs'));
    rmSync(join(chain, 'pallets/provider/src/market.rs'));
    expect(await check()).toMatchObject({ code: 1 });
  });

  it('the runtime check fails for another wasm, and says what to do', async () => {
    const wasm = join(chain, 'runtime/dinfra_runtime.compact.compressed.wasm');
    const bytes = readFileSync(wasm);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(wasm, bytes);
    const { code, said } = await check();
    expect(code).toBe(1);
    expect(said).toContain('is not the one that chain/build wrote');
    expect(said).toContain(remedy);
  });

  it('the runtime check fails without the wasm', async () => {
    rmSync(join(chain, 'runtime/dinfra_runtime.compact.compressed.wasm'));
    const { code, said } = await check();
    expect(code).toBe(1);
    expect(said).toContain('is missing');
  });
});
