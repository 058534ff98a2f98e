import { writeFile } from 'node:fs/promises';
import { madePages } from './made-pages.ts';

// Makes the made parts of the pages anew, in the checkout this file is part of. A test says when that is due.
const root = new URL('../../', import.meta.url);
for (const { path, text } of await madePages(root)) await writeFile(new URL(path, root), text);
