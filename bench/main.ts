import '../src/reasons.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { columns } from '../src/cli/command/output.ts';
import { measure as awards } from './awards.ts';
import { measure as chain } from './chain.ts';
import { measure as cloudstack } from './cloudstack.ts';
import { measure as failover } from './failover.ts';
import { measure as helm } from './helm.ts';
import { measure as install } from './install.ts';
import { pageWith } from './page.ts';
import { type Figure, isWithinBound, type Measure, reportOf, rounded } from './report.ts';
import { measure as scale } from './scale.ts';

// Measures everything, or what the arguments name, and writes bench/report.json and the tables of docs/benchmarks.md.

const benches: Readonly<Record<string, Measure>> = { install, awards, scale, failover, helm, cloudstack, chain };
const reportFile = fileURLToPath(new URL('report.json', import.meta.url));
const pageFile = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !(name in benches));
  if (unknown !== undefined) {
    console.error(`there is no bench ${unknown}; there are ${Object.keys(benches).join(', ')}`);
    return 1;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const chosen = Object.entries(benches).filter(([name]) => names.length === 0 || names.includes(name));
  const figures: Figure[] = [];
  let page = readFileSync(pageFile, 'utf8');
  let failed = 0;
  for (const [index, [name, measure]] of chosen.entries()) {
    const started = performance.now();
    const say = (line: string) => {
      const seconds = Math.round((performance.now() - started) / 1_000);
      console.error(`[${index + 1}/${chosen.length}] ${name} ${String(seconds).padStart(4)} s: ${line}`);
    };
    try {
      const measured = await measure(say);
      figures.push(...measured);
      if (measured.length > 0) page = pageWith(page, name, reportOf(measured, machine, new Date()));
      say(`done, ${measured.length} figures`);
    } catch (error) {
      failed += 1;
      say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  writeFileSync(reportFile, `${JSON.stringify(reportOf(figures, machine, new Date()), undefined, 2)}\n`);
  writeFileSync(pageFile, page);
  const rows = figures.map((figure) => {
    const { name, value, unit, runs } = figure;
    return [name, rounded(value), unit, String(runs), isWithinBound(figure) ? '' : 'not as wanted'];
  });
  console.log(
    `${columns(['FIGURE', 'VALUE', 'UNIT', 'RUNS', ''], rows)}\n\nbench/report.json says how each was measured.`,
  );
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
