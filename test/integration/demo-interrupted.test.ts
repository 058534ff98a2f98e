import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { processes } from '../support/processes.ts';

const demo = fileURLToPath(new URL('../../dev/demo/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dinfra-interrupted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a demo interrupted while its parts come up', () => {
  it('a demo interrupted while its parts start leaves no process and no file, and says so', {
    timeout: 120_000,
  }, async () => {
    const child = execa(process.execPath, [demo, '--free-ports'], {
      env: { TMPDIR: folder },
      all: true,
      reject: false,
    });
    const { all: output } = child;
    await new Promise<void>((resolve, reject) => {
      output.on('data', (text: Buffer) => text.includes('simulator at') && resolve());
      output.once('end', () => reject(new Error('it ended before it could be interrupted')));
    });
    child.kill('SIGINT');
    const { exitCode, all } = await child;
    expect(all).toContain('Interrupted: ending everything that was started');
    expect(exitCode).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
    expect(processes().filter(({ command }) => command.includes(folder))).toEqual([]);
  });
});
