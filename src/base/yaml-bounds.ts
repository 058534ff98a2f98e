import { Lexer } from 'yaml';

/** Deepest nesting, in one line or by brackets: files of people have about six levels. */
const MAX_DEPTH = 32;
/** Keys written with `?`, which hardly anybody does: a parser's work grows with the cube of how deep they nest. */
const MAX_EXPLICIT_KEYS = 32;

/** What begins a scalar in the lexer's stream; the next token is its text, whatever that looks like. */
const SCALAR = '\x1f';

/**
 * Says why a stranger's YAML is not to be parsed; undefined when it may be. Looks at it word by word, in time linear in
 * its length: some hundred bytes can be nested so that parsing them takes minutes.
 *
 * @param maxWords words and marks it may have, spaces and line ends included: some seven to a line.
 */
export function unparsable(text: string, maxWords: number): string | undefined {
  let words = 0;
  let brackets = 0;
  let dashes = 0;
  let explicitKeys = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    if (++words > maxWords) return `it has more than ${maxWords} words and marks`;
    const mark: string | undefined = scalar ? undefined : token;
    scalar = mark === SCALAR;
    if (mark === '[' || mark === '{') brackets++;
    else if (mark === ']' || mark === '}') brackets = Math.max(0, brackets - 1);
    else if (mark === '-') dashes++;
    else if (mark === '?') explicitKeys++;
    else if (mark?.startsWith('\n') || mark?.startsWith('\r')) dashes = 0;
    if (brackets > MAX_DEPTH || dashes > MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH} levels`;
    if (explicitKeys > MAX_EXPLICIT_KEYS) return `it has more than ${MAX_EXPLICIT_KEYS} keys written with "?"`;
  }
  return undefined;
}
