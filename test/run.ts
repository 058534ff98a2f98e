import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { add, type Count, countCargo, countVitest, failuresOf } from './count.ts';
import { cacheFolder } from './support/cache-folder.ts';

const root = new URL('..', import.meta.url).pathname;

/** Runs one part of `make test`, shows its output, and reports how many tests passed and failed. */
interface Suite {
  readonly name: string;
  run(): Promise<Count>;
}

/** All failures, printed again at the end: a truncated log keeps its last lines. */
const failures: string[] = [];

const suites: readonly Suite[] = [
  { name: 'checks', run: runChecks },
  vitest('unit'),
  { name: 'chain', run: runChain },
  vitest('integration'),
  vitest('hostile'),
  vitest('install'),
  vitest('e2e'),
  vitest('faults'),
  vitest('sweep'),
];

/** Commands that pass or fail as a whole. */
const checks: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
  { name: 'format and lint', command: 'biome', args: ['check', '.'] },
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'unused code', command: 'knip', args: [] },
  { name: "the runtime's digest", command: join(root, 'chain/check-wasm'), args: [] },
];

async function runChecks(): Promise<Count> {
  let count: Count = { passed: 0, failed: 0 };
  for (const { name, command, args } of checks) {
    const ok = await show(command, args);
    say(`${ok ? '✓' : '✗'} ${name}`);
    if (!ok) failures.push(name);
    count = add(count, ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  }
  return count;
}

function vitest(name: string): Suite {
  return {
    name,
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'dinfra-report-'));
      const report = join(folder, 'report.json');
      try {
        const ok = await show('vitest', [
          'run',
          `--project=${name}`,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
        ]);
        const results: unknown = JSON.parse(readFileSync(report, 'utf8'));
        failures.push(...failuresOf(results));
        const count = countVitest(results);
        if (ok || count.failed > 0) return count;
        failures.push(`${name}: an error outside of every test`);
        return add(count, { passed: 0, failed: 1 });
      } catch (error) {
        failures.push(`${name} did not come to a report: ${error instanceof Error ? error.message : String(error)}`);
        return { passed: 0, failed: 1 };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

async function runChain(): Promise<Count> {
  // In its folder, because rustup may have to install its toolchain first.
  const cargo = await execa('cargo', ['--version'], { cwd: join(root, 'chain'), reject: false });
  if (cargo.failed) {
    say(
      '- the Rust tests of the pallets are left out: no cargo of chain/rust-toolchain.toml (Rust is needed only to change the chain)',
    );
    return { passed: 0, failed: 0 };
  }
  // With the features, the benchmarks run as tests, and the hooks of try-runtime are compiled.
  const features = ['--features', 'runtime-benchmarks,try-runtime'];
  const child = execa('cargo', ['test', '--workspace', '--locked', ...features], {
    cwd: join(root, 'chain'),
    // Outlives the checkout: compiling the dependencies of a runtime takes two cores eight minutes.
    env: { CARGO_TARGET_DIR: process.env['CARGO_TARGET_DIR'] ?? join(cacheFolder(), 'cargo-target') },
    reject: false,
    stdout: ['pipe', 'inherit'],
    stderr: ['pipe', 'inherit'],
    all: true,
  });
  const { all, failed } = await child;
  const count = countCargo(all ?? '', !failed);
  if (count.failed > 0) failures.push('cargo test');
  return count;
}

async function show(command: string, args: readonly string[]): Promise<boolean> {
  const { failed } = await execa(command, [...args], { cwd: root, reject: false, stdio: 'inherit' });
  return !failed;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    say(`there is no suite ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`);
    return 1;
  }
  let total: Count = { passed: 0, failed: 0 };
  for (const { name, run } of suites) {
    if (names.length > 0 && !names.includes(name)) continue;
    const started = performance.now();
    say(`\n── ${name} ──`);
    const count = await run();
    total = add(total, count);
    say(
      `── ${name}: ${count.passed} passed, ${count.failed} failed in ${Math.round((performance.now() - started) / 1000)} s ──`,
    );
  }
  for (const failure of failures) say(`✗ ${failure}`);
  say(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
