import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const page = readFileSync(`${root}docs/development.md`, 'utf8');

/** A variable, or the output of a command. */
const CHANGING = /\$\{[^}]*\}|\$\w+|\$\([^)]*\)*/;

/** The error messages of the scripts: of each, the longest part without variables. */
const complaints = ['tools/run', ...globSync('tools/bring/*.sh', { cwd: root })].flatMap((file) => {
  const text = readFileSync(`${root}${file}`, 'utf8');
  const said = [...text.matchAll(/(?:\bfail|printf '%s') "(.+)"$/gm)].map(([, message = '']) => message);
  return said
    .map((message) => message.split(CHANGING).toSorted((a, b) => b.length - a.length)[0] ?? '')
    .filter((part) => part.length > 15 && !part.startsWith('usage:'));
});

describe('docs/development.md', () => {
  it('all messages of the scripts are found', () => {
    expect(complaints.length).toBeGreaterThan(12);
  });

  it.each(complaints)('docs/development.md has a remedy for the message "%s"', (complaint) => {
    expect(page).toContain(complaint.trim().replace(/^[):(, ]+|[(:]+$/g, ''));
  });
});
