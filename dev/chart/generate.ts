import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartFiles } from './chart-files.ts';

// Writes the made files of the chart into the checkout this file is part of. A test says when that is due.
const root = new URL('../../', import.meta.url);
for (const { path, text } of await chartFiles(root)) {
  const file = fileURLToPath(new URL(path, root));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
