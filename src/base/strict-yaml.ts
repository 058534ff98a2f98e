import { Composer, type Document, type DocumentOptions, type ParseOptions, Parser, type SchemaOptions } from 'yaml';

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
