import { readFile } from 'node:fs/promises';
import { deploymentsPage } from './decision-table.ts';
import { developmentPage } from './make-targets.ts';
import { operationsPage } from './operations-page.ts';
import { reasonsPage } from './reasons-page.ts';

/** The pages with generated parts, by path from the root of the checkout. */
const pages: Readonly<Record<string, (page: string) => string | Promise<string>>> = {
  'docs/deployments.md': deploymentsPage,
  'docs/development.md': developmentPage,
  'docs/operations.md': operationsPage,
  'docs/reasons.md': reasonsPage,
};

/** The regenerated pages. `root` is the checkout from which they are read. */
export async function madePages(root: URL): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const made = Object.entries(pages).map(async ([path, make]) => ({
    path,
    text: await make(await readFile(new URL(path, root), 'utf8')),
  }));
  return Promise.all(made);
}
