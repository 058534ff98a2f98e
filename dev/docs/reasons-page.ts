import { table } from '../../src/api/crd/field-table.ts';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import { chainReasons } from '../../src/award/reason-names.ts';
import { type CatalogueEntry, catalogue } from '../../src/errors/catalogue.ts';
import { chapters } from '../../src/reasons.ts';

/** Explained at the top of the page. */
const families: Readonly<Record<CatalogueEntry['family'], string>> = {
  condition: 'a state',
  retryable: 'retryable',
  terminal: 'terminal',
  refused: 'refused',
};

/** docs/reasons.md with its generated parts replaced: the reasons and the chain's codes. */
export function reasonsPage(page: string): string {
  return withMadeParts('docs/reasons.md', page, { reasons: reasons(), codes: codes() });
}

function reasons(): string {
  return chapters
    .map(({ title, layers }) => {
      const sections = layers.flatMap((layer) => Object.entries(layer)).map(([name, entry]) => section(name, entry));
      return `## ${title}\n\n${sections.join('\n\n')}`;
    })
    .join('\n\n');
}

function section(name: string, { family, chainCode, summary, remedy }: CatalogueEntry): string {
  const code = chainCode === undefined ? '' : `, code ${chainCode} on chain`;
  return `### ${name}\n\n${summary}\n\n- Kind: ${families[family]}${code}.\n- What to do: ${remedy}`;
}

/** Every reason code, ours and the chain's, by number: `dinfra status` and end reasons show them by name. */
function codes(): string {
  const ours = [...catalogue()].flatMap(([name, { chainCode }]) =>
    chainCode === undefined ? [] : [[chainCode, `[${name}](#${name.toLowerCase()})`] as const],
  );
  const all = [...ours, ...chainReasons].toSorted(([a], [b]) => a - b);
  return table(
    ['code', 'name'],
    all.map(([code, name]) => [`${code}`, name]),
  );
}
