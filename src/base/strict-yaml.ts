import {
  Composer,
  type Document,
  type DocumentOptions,
  Lexer,
  type ParseOptions,
  Parser,
  type SchemaOptions,
} from 'yaml';

/**
 * The documents of untrusted YAML. Stops at the first error: the library's parser continues and creates an error object
 * for each further one, and malformed input can have an error at every character.
 *
 * @throws SyntaxError when it is not YAML.
 */
export function* strictDocuments(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions,
): Generator<Document, void, void> {
  const composer = new Composer({ ...options, logLevel: 'silent', prettyErrors: false });
  const onError = (_position: unknown, code: string, message: string, warning?: boolean) => {
    if (warning !== true) throw new SyntaxError(`${code}: ${message}`);
  };
  Object.assign(composer, { onError });
  for (const document of composer.compose(new Parser().parse(text))) {
    const [error] = document.errors;
    if (error !== undefined) throw new SyntaxError(`${error.code}: ${error.message}`);
    yield document;
  }
}

/**
 * The first document of untrusted YAML, undefined when there is none.
 *
 * @throws SyntaxError when it is not YAML.
 */
export function strictDocument(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions,
): Document | undefined {
  for (const document of strictDocuments(text, options)) return document;
  return undefined;
}

/** Maximum nesting, within a line or by brackets: files written by people have about six levels. */
const MAX_DEPTH = 32;
/** Maximum of keys written with `?`, which are rare: parsing time grows with the cube of their nesting depth. */
const MAX_EXPLICIT_KEYS = 32;

/** Starts a scalar in the lexer's stream; the next token is its text, whatever it looks like. */
const SCALAR = '\x1f';

/**
 * Why untrusted YAML must not be parsed; undefined when it may be. Scans it token by token, in time linear in its
 * length: a few hundred bytes can be nested so that parsing them takes minutes.
 *
 * @param maxWords tokens it may have, spaces and line ends included: about seven per line.
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
