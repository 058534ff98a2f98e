import { text } from 'node:stream/consumers';

/**
 * Renders the output of the demo as an SVG of a terminal, for the README:
 *
 *     make --silent demo | node dev/demo/picture.ts > docs/images/demo.svg
 */
const FONT = 13;
const LINE = 18;
const MARGIN = 20;
/** The advance of a monospaced glyph relative to the font size: no common terminal font is wider. */
const ADVANCE = 0.605;

type Look = 'step' | 'command' | 'heading' | 'plain';
const fills: Record<Look, string> = { step: '#7ee787', command: '#f0f6fc', heading: '#8b949e', plain: '#c9d1d9' };

interface Line {
  readonly look: Look;
  readonly words: string;
}

process.stdout.write(draw(linesOf(await text(process.stdin))));

/** Lines as a terminal finally shows them: each step once, ticked, with its output below. */
function linesOf(printed: string): Line[] {
  const rows = printed.trim().split('\n');
  const done = new Set(rows.filter((row) => row.startsWith('✔ ')).map((row) => row.slice(2)));
  const lines: Line[] = [];
  for (const row of rows) {
    if (row.startsWith('✔ ')) continue;
    const title = row.startsWith('❯ ') ? row.slice(2) : undefined;
    if (title !== undefined && !done.has(title)) throw new Error(`the demo did not come to the end of: ${title}`);
    lines.push(title === undefined ? detail(row) : { look: 'step', words: `✔ ${title}` });
  }
  return lines;
}

function detail(row: string): Line {
  const words = row.replace(/^› ?/, '');
  const look = words.startsWith('$ ') ? 'command' : /^[A-Z][A-Z ]+$/.test(words) ? 'heading' : 'plain';
  return { look, words: row.startsWith('›') ? `  ${words}` : words };
}

function draw(lines: readonly Line[]): string {
  const longest = Math.max(...lines.map(({ words }) => words.length));
  const width = Math.ceil(longest * FONT * ADVANCE) + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const texts = lines.map(({ look, words }, index) => {
    const weight = look === 'step' || look === 'command' ? ' font-weight="bold"' : '';
    return `<text x="${MARGIN}" y="${MARGIN + (index + 0.75) * LINE}" fill="${fills[look]}"${weight}>${escaped(words)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" style="white-space: pre" xml:space="preserve">
<title>make demo</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join('\n')}
</svg>
`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
