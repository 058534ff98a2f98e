/** One reason: how the operator treats it, what it means, what the reader can do. */
export interface CatalogueEntry {
  /** `condition` entries are states, never raised as an error. */
  readonly family: 'retryable' | 'terminal' | 'refused' | 'condition';
  /** One sentence for docs/reasons.md. */
  readonly summary: string;
  readonly remedy: string;
  /**
   * The reason code the chain hears when an award is declined or given up for this, in the provider's range
   * 10000 to 19999. Only for reasons that end a tenure.
   */
  readonly chainCode?: number;
  /** A retryable reason that retrying does not fix: only a person can, and the object is Stalled. */
  readonly needsPerson?: true;
}

/**
 * The reasons of one layer. The key is the condition's reason, the event's reason, the metric's label and a heading in
 * docs/reasons.md.
 */
export type Reasons = Readonly<Record<string, CatalogueEntry>>;

/**
 * The family of every reason there is, by name. This folder knows no layer: each adds its own reasons by declaration
 * merging in its `reasons.ts`, so that a misspelt reason, or one of another family, does not compile.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the layers fill it
export interface ReasonFamilies {}

/** What a layer merges into `ReasonFamilies`. */
export type FamiliesOf<R extends Reasons> = { readonly [Name in keyof R]: R[Name]['family'] };

/** The name of a reason. */
export type Reason = keyof ReasonFamilies;

/** The reasons of one family: raising one under another family's type does not compile. */
export type ReasonOf<F extends CatalogueEntry['family']> = {
  [R in Reason]: ReasonFamilies[R] extends F ? R : never;
}[Reason];

const entries = new Map<string, CatalogueEntry>();
const byChainCode = new Map<number, Reason>();

/**
 * Adds the reasons of layers to the catalogue of this process: once, at its start, see `src/reasons.ts`.
 *
 * @throws Error when two layers share a name or a code on chain.
 */
export function registerReasons(...layers: readonly Reasons[]): void {
  for (const [name, entry] of layers.flatMap((layer) => Object.entries(layer))) {
    const { chainCode } = entry;
    if (entries.has(name)) throw new Error(`two layers have the reason ${name}`);
    const other = chainCode === undefined ? undefined : byChainCode.get(chainCode);
    if (other !== undefined) throw new Error(`${name} and ${other} share the code ${chainCode}`);
    entries.set(name, entry);
    if (chainCode !== undefined) byChainCode.set(chainCode, name as Reason);
  }
}

/** All reasons that were registered, in the order of the layers. */
export function catalogue(): ReadonlyMap<string, CatalogueEntry> {
  return entries;
}

/** The entry of a reason, which may come from a status another version has written: undefined when there is none. */
export function entryOf(reason: string): CatalogueEntry | undefined {
  return entries.get(reason);
}

/** The code the chain hears for a reason, or undefined when it has none. */
export function chainCodeOf(reason: string): number | undefined {
  return entries.get(reason)?.chainCode;
}

/** The reason behind a code of the provider's range, when it is one of ours. */
export function reasonOfChainCode(code: number): Reason | undefined {
  return byChainCode.get(code);
}
