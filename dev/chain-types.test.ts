import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generatedPath, runtimeMetadata, writeChainTypes } from './chain-types.ts';

it('the generated chain types match the committed runtime (npm run generate updates them)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chain-types-'));
  try {
    await writeChainTypes(folder, await runtimeMetadata());
    const contents = (path: string) =>
      Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));
    expect(contents(folder)).toEqual(contents(generatedPath));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
