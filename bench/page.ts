import { table } from '../src/api/crd/field-table.ts';
import type { Figure, Report } from './report.ts';
import { rounded } from './report.ts';

/**
 * The page with the tables of a report in it. A table stands between `<!-- figures: NAME -->` and `<!-- end -->`, NAME
 * being the bench that measures them; benches that were not measured keep the table they have.
 *
 * @throws Error when the page has no place for a bench that was measured.
 */
export function pageWith(page: string, name: string, report: Report): string {
  const block = new RegExp(`(<!-- figures: ${name} -->\n)[^]*?(<!-- end -->)`);
  if (!block.test(page)) throw new Error(`docs/benchmarks.md has no <!-- figures: ${name} --> … <!-- end -->`);
  return page.replace(block, (_, start: string, end: string) => `${start}${tableOf(report)}${end}`);
}

function tableOf({ at, machine, figures }: Report): string {
  const rows = figures.map((figure) => [
    `\`${figure.name}\``,
    `${rounded(figure.value)} ${figure.unit}`,
    boundOf(figure),
    `${figure.runs}`,
    figure.method,
  ]);
  return `
Measured on ${at.slice(0, 10)} on ${machine}.

${table(['figure', 'value', 'wanted', 'runs', 'how'], rows)}

`;
}

function boundOf({ bound }: Figure): string {
  if (bound === undefined) return '';
  return 'atMost' in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
}
