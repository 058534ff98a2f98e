/** One thing that was measured. */
export interface Figure {
  /** As issues and docs name it: `cloudstack.calls_per_vm`. */
  readonly name: string;
  readonly value: number;
  /** What the value counts: `calls`, `s`, `VMs/s`, `ratio`. */
  readonly unit: string;
  /** How often it was measured, or of how many things it is the figure. */
  readonly runs: number;
  /** What was done, in a sentence or two, so that somebody else can do it again. */
  readonly method: string;
  /** What is wanted of it. */
  readonly bound?: { readonly atMost: number } | { readonly atLeast: number };
}

/** What one bench has measured, when, and on what. */
export interface Report {
  /** RFC 3339. */
  readonly at: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** The last report of each bench, by its name. */
export type Reports = Readonly<Record<string, Report>>;

/**
 * Measures, and says what it does meanwhile. `sizes` are how many Deployments or releases there are to be, where a bench
 * has sizes; default: all that are documented.
 */
export type Measure = (say: (line: string) => void, sizes?: readonly number[]) => Promise<readonly Figure[]>;

/**
 * The report of these figures, in the order of their names.
 *
 * @throws Error naming the figure that is no number, has no method, or is there twice.
 */
export function reportOf(figures: readonly Figure[], machine: string, at: Date): Report {
  const seen = new Set<string>();
  for (const { name, value, runs, method } of figures) {
    if (!/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(name)) throw new Error(`${name} is no name of a figure`);
    if (seen.has(name)) throw new Error(`${name} was measured twice`);
    seen.add(name);
    if (!Number.isFinite(value)) throw new Error(`${name} is ${value}`);
    if (!Number.isInteger(runs) || runs < 1) throw new Error(`${name} was measured ${runs} times`);
    if (method === '') throw new Error(`${name} does not say how it was measured`);
  }
  return { at: at.toISOString(), machine, figures: figures.toSorted((a, b) => a.name.localeCompare(b.name)) };
}

/** A bench and the sizes it is to be run with, as an argument names them: `scale`, `scale:1000,10000`. */
export interface Chosen {
  readonly name: string;
  readonly sizes: readonly number[] | undefined;
}

/** @throws Error for an argument that is neither. */
export function chosenBy(argument: string): Chosen {
  const [name = '', sizes, ...more] = argument.split(':');
  const numbers = sizes?.split(',').map(Number);
  if (more.length === 0 && (numbers === undefined || numbers.every((size) => Number.isInteger(size) && size > 0))) {
    return { name, sizes: numbers };
  }
  throw new Error(`${argument} is not the name of a bench, or NAME:SIZE,SIZE`);
}

/** Whether a figure is what is wanted of it; true when nothing is. */
export function isWithinBound({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}

/** A figure as people read it: three digits that count. */
export function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
