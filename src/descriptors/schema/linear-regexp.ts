import { RE2JS } from 're2js';

/** What a JSON Schema's `pattern` needs of a regular expression. */
interface Matcher {
  test(text: string): boolean;
}

// Taken before LinearRegExp is put in its place.
const StandardRegExp = RegExp;

const compiled = new Map<string, Matcher>();

/** Patterns kept compiled: a schema's are few, and a worker sees many schemas. */
const MAX_COMPILED = 256;

/**
 * Takes the place of RegExp where a stranger's patterns meet a stranger's strings: matches in time linear in the
 * string, whatever the pattern. A pattern is what ECMA-262 says with the flag `u`, and a SyntaxError otherwise. What
 * cannot be matched in linear time (look-around, back references) is left to the engine of the language; the time limit
 * of the worker bounds that.
 */
export class LinearRegExp implements Matcher {
  readonly #matcher: Matcher;

  constructor(pattern: string, flags?: string) {
    const key = `${flags}/${pattern}`;
    const known = compiled.get(key);
    this.#matcher = known ?? compile(pattern, flags);
    if (known === undefined) {
      if (compiled.size === MAX_COMPILED) compiled.clear();
      compiled.set(key, this.#matcher);
    }
  }

  test(text: string): boolean {
    return this.#matcher.test(text);
  }
}

function compile(pattern: string, flags: string | undefined): Matcher {
  const standard = new StandardRegExp(pattern, flags);
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    return standard;
  }
}
