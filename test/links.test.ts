import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const pages = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules', '**/target', '.dinfra'] });

/** The links of a page to files of this repository. */
function linksOf(page: string): readonly { readonly link: string; readonly file: string; readonly anchor: string }[] {
  const text = withoutCode(readFileSync(join(root, page), 'utf8'));
  const links = [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = ''] = link.split('#');
      return { link, file: path === '' ? page : join(dirname(page), path), anchor };
    });
}

/** The anchors of a page, which GitHub derives from its headings. */
function anchorsOf(page: string): readonly string[] {
  const headings = withoutCode(readFileSync(join(root, page), 'utf8'), 'fenced').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string, which: 'all' | 'fenced' = 'all'): string {
  const unfenced = text.replaceAll(/^```.*?^```/gms, '');
  return which === 'all' ? unfenced.replaceAll(/`[^`\n]*`/g, '') : unfenced;
}

function isPage(file: string): boolean {
  return file.endsWith('.md') && statSync(join(root, file)).isFile();
}

describe('links between pages', () => {
  it('links are checked in all pages', () => {
    expect(pages.length).toBeGreaterThan(10);
  });

  it.each(pages)('every link of %s has a target', (page) => {
    const dead = linksOf(page).filter(
      ({ file, anchor }) =>
        relative('.', file).startsWith('..') ||
        !existsSync(join(root, file)) ||
        (anchor !== '' && isPage(file) && !anchorsOf(file).includes(anchor)),
    );
    expect(dead.map(({ link }) => link)).toEqual([]);
  });
});
