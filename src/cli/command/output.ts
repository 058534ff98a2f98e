import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

/** The answer of a command: a table for people, or JSON with `--json`. Progress goes to standard error. */
export interface Output {
  /** The answer. `text` is what a person reads. */
  answer(data: unknown, text: string): void;
  /** A line of progress; silent with `--json`. */
  progress(line: string): void;
}

/** Writes to a terminal. */
export function outputTo({ out, err }: Terminal, json: boolean): Output {
  return {
    answer: (data, text) => out(`${json ? JSON.stringify(data, replaceBigInts, 2) : text}\n`),
    progress: (line) => {
      if (!json) err(`${line}\n`);
    },
  };
}

/** Columns as kubectl prints them. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 3 },
    chars: {
      ...none,
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Name and value, one line each. */
export function facts(rows: readonly (readonly [string, string | undefined])[]): string {
  const known = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const width = Math.max(...known.map(([name]) => name.length)) + 2;
  return known.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join('\n');
}

function replaceBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
