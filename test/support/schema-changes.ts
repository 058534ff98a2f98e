/** The part of an OpenAPI schema that says which values fit. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** One field of a spec, and what it is changed to. */
export interface Change {
  /** Keys from the spec on; numbers are places in lists. */
  readonly path: readonly (string | number)[];
  /** Undefined takes the field away. */
  readonly value: unknown;
}

/**
 * Changes of every field that a schema knows and a spec has or could have: values at and past its bounds, of other types,
 * of every word of an enumeration, and none at all. Deterministic. Whether a value is valid is the API server's to say.
 */
export function changesOf(schema: Schema, spec: unknown, path: Change['path'] = []): Change[] {
  const own = path.length === 0 ? [] : valuesFor(schema, spec).map((value) => ({ path, value }));
  return [...own, ...inner(schema, spec, path)];
}

/** A copy of a spec with the change in it. */
export function changed<T>(spec: T, { path, value }: Change): T {
  const copy = structuredClone(spec);
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last === undefined) throw new Error('a change has a path');
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function inner(schema: Schema, spec: unknown, path: Change['path']): Change[] {
  if (schema.items !== undefined) {
    return Array.isArray(spec) && spec.length > 0 ? changesOf(schema.items, spec[0], [...path, 0]) : [];
  }
  const fields = (spec ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    changesOf(property, fields[name], [...path, name]),
  );
}

function valuesFor(schema: Schema, now: unknown): unknown[] {
  const all = [undefined, null, ...typed(schema, now)];
  return all.filter((value) => JSON.stringify(value) !== JSON.stringify(now));
}

function typed({ type, enum: words, minimum = 0, maximum, minLength = 0, maxLength }: Schema, now: unknown): unknown[] {
  if (words !== undefined) return [...words, 'Nonsense'];
  switch (type) {
    case 'boolean':
      return [true, false, 'yes'];
    case 'integer':
      return [
        minimum,
        minimum - 1,
        'three',
        1.5,
        ...(typeof now === 'number' ? [now + 1] : []),
        ...(maximum === undefined ? [] : [maximum, maximum + 1]),
      ];
    case 'string':
      return [
        '',
        'a'.repeat(Math.max(1, minLength)),
        'other',
        7,
        'Ünicode and spaces',
        '7',
        ...(maxLength === undefined ? [] : ['a'.repeat(maxLength), 'a'.repeat(maxLength + 1)]),
        ...(typeof now === 'string' && now.startsWith('ws') ? ['ws://127.0.0.1:9', 'http://127.0.0.1:9'] : []),
        ...(typeof now === 'string' && now.startsWith('http') ? ['http://127.0.0.1:9/client/api'] : []),
      ];
    case 'array':
      return [[], 'no list', ...(Array.isArray(now) && now.length > 0 ? [[now[0], now[0]]] : [])];
    default:
      return [{}, 'no object'];
  }
}
