import { join } from 'node:path';
import { execa } from 'execa';

/** Runs one of the programs of judges.setup.ts. */
export async function judge(
  name: 'promtool' | 'actionlint' | 'kubeconform' | 'lua',
  args: readonly string[],
  input?: unknown,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const { exitCode, all } = await execa(join(process.env['DINFRA_JUDGES'] ?? '', name), [...args], {
    reject: false,
    all: true,
    ...(input !== undefined && { input: JSON.stringify(input) }),
  });
  return { ok: exitCode === 0, text: all };
}
