import { isRecord } from '../json-fields.ts';

/**
 * The path of the first field of `wanted` that `found` lacks or has with another value, or undefined. Fields that only
 * `found` has are ignored: they are defaults or belong to others. Quantities are compared by value: the API server may
 * write `1000m` as `1`.
 */
export function firstDifference(wanted: unknown, found: unknown, path = ''): string | undefined {
  if (isRecord(wanted)) {
    if (!isRecord(found)) return path;
    for (const [key, value] of Object.entries(wanted)) {
      const inner = path === '' ? key : `${path}.${key}`;
      const difference = firstDifference(value, Object.hasOwn(found, key) ? found[key] : undefined, inner);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || wanted.length !== found.length) return path;
    for (const [index, value] of wanted.entries()) {
      const difference = firstDifference(value, found[index], `${path}[${index}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return wanted === found || isSameQuantity(wanted, found) ? undefined : path;
}

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

function isSameQuantity(wanted: unknown, found: unknown): boolean {
  const [a, b] = [quantityOf(wanted), quantityOf(found)];
  // Decimal fractions are not exact in binary arithmetic.
  return a !== undefined && b !== undefined && Math.abs(a - b) <= Math.abs(a) * 1e-9;
}

/** The value of a Kubernetes quantity such as `1500m` or `2Gi`. */
function quantityOf(value: unknown): number | undefined {
  const match = /^([+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?)(n|u|m|k|[KMGTPE]i|[MGTPE])?$/.exec(`${value}`);
  const [, digits, suffix = ''] = match ?? [];
  const factor = FACTORS[suffix];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
