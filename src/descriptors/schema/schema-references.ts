import type { Json } from '../../base/json.ts';

/** Keywords whose value is data: `$ref` inside of them is not a reference. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];

/** A reference that leaves the schema or has no target. */
export interface ReferenceFault {
  /** JSON pointer into the schema. */
  readonly path: string;
  /** The problem, to follow the name of the place. */
  readonly message: string;
}

/**
 * The first fault in the references of a schema; undefined if there is none. Every reference must have a target in the
 * same document: nothing is fetched, and a dangling reference would refuse every descriptor without an explanation.
 */
export function referenceFault(schema: Json): ReferenceFault | undefined {
  const anchors = new Set<string>();
  const references: { readonly path: string; readonly target: string }[] = [];
  const inner: string[] = [];
  walk(schema, '', (node, path) => {
    for (const keyword of ['$anchor', '$dynamicAnchor']) {
      if (typeof node[keyword] === 'string') anchors.add(node[keyword]);
    }
    for (const keyword of REFERENCES) {
      const target = node[keyword];
      if (typeof target === 'string') references.push({ path: `${path}/${keyword}`, target });
    }
    if (path !== '' && typeof node['$id'] === 'string') inner.push(`${path}/$id`);
  });

  const [withinId] = inner;
  if (withinId !== undefined)
    return { path: withinId, message: 'gives a part of the schema an address of its own; only the whole may have one' };
  for (const { path, target } of references) {
    if (!target.startsWith('#'))
      return { path, message: `is "${target}"; only references within the schema (#…) are followed` };
    if (!leadsSomewhere(schema, target.slice(1), anchors))
      return { path, message: `is "${target}"; there is nothing there` };
  }
  return undefined;
}

type Node = { readonly [key: string]: Json };

function walk(value: Json, path: string, visit: (node: Node, path: string) => void): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      walk(item, `${path}/${index}`, visit);
    });
  } else if (typeof value === 'object' && value !== null) {
    const node = value as Node;
    visit(node, path);
    for (const [key, part] of Object.entries(node)) if (!DATA.has(key)) walk(part, `${path}/${key}`, visit);
  }
}

function leadsSomewhere(schema: Json, fragment: string, anchors: ReadonlySet<string>): boolean {
  if (fragment === '' || anchors.has(fragment)) return true;
  if (!fragment.startsWith('/')) return false;
  let at: Json | undefined = schema;
  for (const part of fragment.slice(1).split('/')) {
    const key = decode(part);
    if (key === undefined || typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Node)[key];
  }
  return typeof at === 'boolean' || (typeof at === 'object' && at !== null && !Array.isArray(at));
}

/** A decoded part of a JSON pointer in a URI fragment; undefined if its encoding is invalid. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}
