import { readFileSync } from 'node:fs';
import { table } from '../../src/api/crd/field-table.ts';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';

const makefile = new URL('../../Makefile', import.meta.url);

/** docs/development.md with its list of make targets regenerated from the Makefile. */
export function developmentPage(page: string): string {
  return withMadeParts('docs/development.md', page, { targets: targets(readFileSync(makefile, 'utf8')) });
}

function targets(text: string): string {
  const documented = [...text.matchAll(/^([a-z0-9-]+):.*## (.+)$/gm)];
  return table(
    ['command', 'what it does'],
    documented.map(([, name, what = '']) => [`\`make ${name}\``, what]),
  );
}
