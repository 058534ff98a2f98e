import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.ts';

// Writes the files generated from the schemas into this checkout.
const root = new URL('../../../', import.meta.url);
for (const { path, text } of await generatedFiles(root)) {
  const file = fileURLToPath(new URL(path, root));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
