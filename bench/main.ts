import '../src/reasons.ts';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { columns } from '../src/cli/command/output.ts';
import { measure as chain } from './chain.ts';
import { measure as cloudstack } from './cloudstack.ts';
import { type Figure, type Measure, reportOf, rounded } from './report.ts';

// Measures everything, or what the arguments name, and writes bench/report.json: `make bench`.

const benches: Readonly<Record<string, Measure>> = { chain, cloudstack };

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !(name in benches));
  if (unknown !== undefined) {
    console.error(`there is no bench ${unknown}; there are ${Object.keys(benches).join(', ')}`);
    return 1;
  }
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    figures.push(...(await measure((line) => console.error(`${name}: ${line}`))));
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const file = fileURLToPath(new URL('report.json', import.meta.url));
  writeFileSync(file, reportOf(figures, machine, new Date()));
  const rows = figures.map(({ name, value, unit, runs }) => [name, rounded(value), unit, String(runs)]);
  console.log(`${columns(['FIGURE', 'VALUE', 'UNIT', 'RUNS'], rows)}\n\nbench/report.json says how each was measured.`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
