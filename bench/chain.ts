import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Figure } from './report.ts';

/** How long building and running the example may take, in milliseconds. The first build takes minutes. */
const TIMEOUT_MS = 30 * 60_000;

/** How many empty blocks of each size the example measures. */
const BLOCKS = 200;

/** What `chain/runtime/examples/bench.rs` prints. */
interface Printed {
  /** Median by the number of live subscriptions, in microseconds. */
  readonly 'chain.empty_block_us': Readonly<Record<string, number>>;
  readonly 'chain.empty_block_100k_vs_0': number;
  readonly 'chain.calls_per_block': Readonly<Record<string, number>>;
}

/** The chain's runtime, natively. Needs Rust: without cargo it says so and measures nothing. */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  const cargo = await execa('cargo', ['--version'], { reject: false });
  if (cargo.failed) {
    say('left out: cargo is not on PATH (Rust is needed only to change and to measure the chain)');
    return [];
  }
  say('building the runtime natively, and blocks with up to 100,000 subscriptions …');
  const { stdout } = await execa(
    'cargo',
    ['run', '--quiet', '--locked', '-p', 'dinfra-runtime', '--example', 'bench'],
    { cwd: fileURLToPath(new URL('../chain', import.meta.url)), stderr: 'inherit', timeout: TIMEOUT_MS },
  );
  return figuresIn(stdout);
}

/**
 * The figures in what the example printed.
 *
 * @throws Error when it is not what it should be.
 */
export function figuresIn(stdout: string): readonly Figure[] {
  const printed = JSON.parse(stdout) as Partial<Printed>;
  const {
    'chain.empty_block_us': blocks,
    'chain.empty_block_100k_vs_0': ratio,
    'chain.calls_per_block': calls,
  } = printed;
  if (blocks === undefined || ratio === undefined || calls === undefined) {
    throw new Error(`the example printed ${stdout.slice(0, 200)}; expected blocks, their ratio, and calls`);
  }
  const method = `Median of ${BLOCKS} empty blocks of the runtime, native and not optimised, with its storage in memory`;
  return [
    {
      name: 'chain.empty_block_100k_vs_0',
      value: ratio,
      unit: 'ratio',
      runs: BLOCKS,
      method: `${method}: with 100,000 live subscriptions, divided by that with none; sizes take turns.`,
    },
    ...Object.entries(blocks).map(([size, value]) => ({
      name: `chain.empty_block_${size}`,
      value,
      unit: 'µs',
      runs: BLOCKS,
      method: `${method}, with ${size} live subscriptions.`,
    })),
    ...Object.entries(calls).map(([call, value]) => ({
      name: `chain.calls_per_block.${call}`,
      value,
      unit: 'calls',
      runs: 1,
      method: `Not timed: how often it fits by its weight, with what every transaction costs, into what a block has for transactions${call === 'subscribe_of_many' ? '; 64 providers offer the type, the most there may be' : ''}.`,
    })),
  ];
}
