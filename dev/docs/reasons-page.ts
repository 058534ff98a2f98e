import { table } from '../../src/api/crd/field-table.ts';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import { chainReasons } from '../../src/award/reason-names.ts';
import { type CatalogueEntry, catalogue, type Reason } from '../../src/errors/catalogue.ts';

/** The chapters of the page, each with the reason it begins with; it goes on to the next one's. */
const chapters: readonly { readonly title: string; readonly from: Reason }[] = [
  { title: 'States of a Deployment', from: 'Running' },
  { title: 'Descriptors', from: 'DescriptorMissing' },
  { title: 'Offers and reactors', from: 'ReactorReachable' },
  { title: 'Chain', from: 'ChainUnreachable' },
  { title: 'Cluster', from: 'ClusterUnreachable' },
  { title: 'Helm', from: 'NotOurs' },
  { title: 'CloudStack', from: 'CloudStackUnreachable' },
];

/** Explained at the head of the page. */
const families: Readonly<Record<CatalogueEntry['family'], string>> = {
  condition: 'a state',
  retryable: 'retryable',
  terminal: 'terminal',
  refused: 'refused',
};

const entries: readonly (readonly [string, CatalogueEntry])[] = Object.entries(catalogue);

/** docs/reasons.md with what the catalogue says made anew: the list of reasons and that of the chain's codes. */
export function reasonsPage(page: string): string {
  return withMadeParts('docs/reasons.md', page, { reasons: reasons(), codes: codes() });
}

function reasons(): string {
  return entries
    .flatMap(([name, entry]) => {
      const chapter = chapters.find(({ from }) => from === name);
      return [...(chapter ? [`## ${chapter.title}`] : []), section(name, entry)];
    })
    .join('\n\n');
}

function section(name: string, { family, chainCode, summary, remedy }: CatalogueEntry): string {
  const code = chainCode === undefined ? '' : `, code ${chainCode} on chain`;
  return `### ${name}\n\n${summary}\n\n- Kind: ${families[family]}${code}.\n- What to do: ${remedy}`;
}

/** Every code there is, ours and the chain's, by number: what `dinfra status` and end reasons show by name. */
function codes(): string {
  const ours = entries.flatMap(([name, { chainCode }]) =>
    chainCode === undefined ? [] : [[chainCode, `[${name}](#${name.toLowerCase()})`] as const],
  );
  const all = [...ours, ...chainReasons].toSorted(([a], [b]) => a - b);
  return table(
    ['code', 'name'],
    all.map(([code, name]) => [`${code}`, name]),
  );
}
