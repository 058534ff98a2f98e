import { RE2JS } from 're2js';

/** The part of RegExp that JSON Schema's `pattern` needs. */
interface Matcher {
  test(text: string): boolean;
}

// Captured before the worker replaces the global RegExp.
const StandardRegExp = RegExp;

const compiled = new Map<string, Matcher>();

/** Number of cached compiled patterns: a schema has few, but a worker sees many schemas. */
const MAX_COMPILED = 256;

/**
 * Replaces RegExp for hostile patterns on hostile strings: matches in time linear in the string. Patterns follow
 * ECMA-262 with the flag `u`; others are a SyntaxError. Patterns that cannot be matched in linear time (look-around,
 * back references) use the built-in engine, bounded by the time limit of the worker.
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
