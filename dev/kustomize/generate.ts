import { writeFile } from 'node:fs/promises';
import { findBinaries } from '../binaries.ts';
import { kustomizeFiles } from './kustomize-files.ts';

// Writes the Kustomize base of this checkout. It needs helm, which `npm run generate` does without.
const root = new URL('../../', import.meta.url);
for (const { path, text } of await kustomizeFiles(root, findBinaries().helm))
  await writeFile(new URL(path, root), text);
