import { writeFile } from 'node:fs/promises';
import { madePages } from './made-pages.ts';

// Regenerates the generated parts of the pages in this checkout. A test fails when they are outdated.
const root = new URL('../../', import.meta.url);
for (const { path, text } of await madePages(root)) await writeFile(new URL(path, root), text);
