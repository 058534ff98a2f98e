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

/** What was measured, when, and on what. */
export interface Report {
  /** RFC 3339. */
  readonly at: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** Measures, telling what it does meanwhile. */
export type Measure = (say: (line: string) => void) => Promise<readonly Figure[]>;

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

/** Whether a figure is what is wanted of it; true when nothing is. */
export function isWithinBound({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}

/** A figure as people read it: three digits that count. */
export function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
