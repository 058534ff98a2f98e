/** The part of an OpenAPI schema that determines valid values. */
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

/** One field of a spec, and its new value. */
export interface Change {
  /** Keys, starting at the spec; numbers are list indexes. */
  readonly path: readonly (string | number)[];
  /** Undefined removes the field. */
  readonly value: unknown;
}

/**
 * Changes of every field of a schema that a spec has or could have: values at and beyond bounds, of other types, every
 * value of an enum, and no value. Deterministic. The API server decides which values are valid.
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
