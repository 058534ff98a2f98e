import { catalogue } from './catalogue.ts';

const codes: ReadonlyMap<string, number> = new Map(
  Object.entries(catalogue).flatMap(([reason, entry]) => ('chainCode' in entry ? [[reason, entry.chainCode]] : [])),
);

/** The code the chain hears for a reason, 10000 to 19999; undefined when the reason ends no tenure. */
export function chainCodeOf(reason: string): number | undefined {
  return codes.get(reason);
}
