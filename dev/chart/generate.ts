import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartFiles } from './chart-files.ts';

// Regenerates the generated files of the chart in this checkout. A test fails when they are outdated.
const root = new URL('../../', import.meta.url);
for (const { path, text } of await chartFiles(root)) {
  const file = fileURLToPath(new URL(path, root));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
