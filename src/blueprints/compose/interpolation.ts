/** A text as docker compose reads it if no variable is set, or the variable that has no default. */
export type Interpolated = { readonly text: string } | { readonly unset: string };

/** Maximum nesting of defaults. */
const MAX_DEPTH = 8;

/**
 * Substitutes the defaults of variables, because none is set on a new VM. `${NAME:-default}` and `${NAME-default}`
 * become their default, `${NAME:+other}` becomes empty, `$$` a dollar sign; every other variable is unset.
 */
export function interpolate(text: string, depth = 0): Interpolated {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) return { text: out + text.slice(at) };
    out += text.slice(at, dollar);
    if (text[dollar + 1] === '$') {
      out += '$';
      at = dollar + 2;
      continue;
    }
    const [whole = '', name = '', operator = ''] =
      /^\$(?:\{([A-Za-z_]\w*)(:?[-+?])?|[A-Za-z_]\w*)/.exec(text.slice(dollar, dollar + 256)) ?? [];
    // A dollar sign before anything else stays one; docker compose reports it as an error itself.
    if (whole === '') {
      out += '$';
      at = dollar + 1;
      continue;
    }
    if (name === '') return { unset: whole.slice(1) };
    const begin = dollar + whole.length;
    const end = closing(text, begin);
    if (!/^:?[-+]$/.test(operator) || end === undefined || depth === MAX_DEPTH) return { unset: name };
    if (operator.endsWith('-')) {
      const fallback = interpolate(text.slice(begin, end), depth + 1);
      if ('unset' in fallback) return fallback;
      out += fallback.text;
    }
    at = end + 1;
  }
  return { text: out };
}

/** The position of the closing brace for the one opened before `begin`. */
function closing(text: string, begin: number): number | undefined {
  let open = 1;
  for (let at = begin; at < text.length; at++) {
    if (text[at] === '{' && text[at - 1] === '$') open += 1;
    if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  return undefined;
}
