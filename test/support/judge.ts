import { join } from 'node:path';
import { execa } from 'execa';
import { test } from 'vitest';

const folder = process.env['DINFRA_JUDGES'] ?? '';

/** A test that asks a judge: left out on a machine that cannot build them, which judges.setup.ts has said then. */
export const judged = test.skipIf(folder === '');

/** Runs one of the judges of judges.setup.ts. */
export async function judge(
  name: 'promtool' | 'actionlint' | 'lua',
  args: readonly string[],
  input?: unknown,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const { exitCode, all } = await execa(join(folder, name), [...args], {
    reject: false,
    all: true,
    ...(input !== undefined && { input: JSON.stringify(input) }),
  });
  return { ok: exitCode === 0, text: all };
}
