import '../src/reasons.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { columns } from '../src/cli/command/output.ts';
import { measure as awards } from './awards.ts';
import { measure as chain } from './chain.ts';
import { measure as cloudstack } from './cloudstack.ts';
import { measure as failover } from './failover.ts';
import { measure as helm } from './helm.ts';
import { measure as hostile } from './hostile.ts';
import { measure as install } from './install.ts';
import { pageWith } from './page.ts';
import {
  type Chosen,
  chosenBy,
  type Figure,
  isWithinBound,
  type Measure,
  type Reports,
  reportOf,
  rounded,
} from './report.ts';
import { measure as scale } from './scale.ts';

// Measures everything, or what the arguments name, and writes bench/report.json and the tables of docs/benchmarks.md.

const benches: Readonly<Record<string, Measure>> = {
  install,
  awards,
  scale,
  failover,
  helm,
  hostile,
  cloudstack,
  chain,
};
const reportFile = fileURLToPath(new URL('report.json', import.meta.url));
const pageFile = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  const chosen = args.length === 0 ? Object.keys(benches).map(chosenBy) : args.map(chosenBy);
  const unknown = chosen.find(({ name }) => !(name in benches));
  if (unknown !== undefined) {
    console.error(`there is no bench ${unknown.name}; there are ${Object.keys(benches).join(', ')}`);
    return 1;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const figures: Figure[] = [];
  let failed = 0;
  for (const [index, one] of chosen.entries()) {
    const measured = await measureOne(one, `[${index + 1}/${chosen.length}] ${one.name}`);
    if (measured === undefined) failed += 1;
    else if (measured.length > 0) write(one.name, measured, machine);
    figures.push(...(measured ?? []));
  }
  const rows = figures.map((figure) => {
    const { name, value, unit, runs } = figure;
    return [name, rounded(value), unit, String(runs), isWithinBound(figure) ? '' : 'not as wanted'];
  });
  console.log(
    `${columns(['FIGURE', 'VALUE', 'UNIT', 'RUNS', ''], rows)}\n\nbench/report.json says how each was measured.`,
  );
  return failed === 0 ? 0 : 1;
}

/** Undefined when the bench has failed, which it says. */
async function measureOne({ name, sizes }: Chosen, title: string): Promise<readonly Figure[] | undefined> {
  const started = performance.now();
  const say = (line: string) => {
    const seconds = Math.round((performance.now() - started) / 1_000);
    console.error(`${title} ${String(seconds).padStart(4)} s: ${line}`);
  };
  try {
    const measured = (await benches[name]?.(say, sizes)) ?? [];
    say(`done, ${measured.length} figures`);
    return measured;
  } catch (error) {
    say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return undefined;
  }
}

/** After each bench, so that one that is interrupted takes no figures with it. */
function write(name: string, figures: readonly Figure[], machine: string): void {
  const report = reportOf(figures, machine, new Date());
  const before = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Reports) : {};
  writeFileSync(reportFile, `${JSON.stringify({ ...before, [name]: report }, undefined, 2)}\n`);
  writeFileSync(pageFile, pageWith(readFileSync(pageFile, 'utf8'), name, report));
}

process.exitCode = await main(process.argv.slice(2));
