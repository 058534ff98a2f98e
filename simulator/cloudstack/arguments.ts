import { ApiError, badParameter, invalid } from './api-error.ts';
import type { Kinds, World } from './world.ts';

/** The type of a command's parameter. */
export type ParamType =
  | 'string'
  | 'integer'
  | 'boolean'
  /** One id of a row of `of`. */
  | 'id'
  /** Ids joined by commas. */
  | 'ids'
  /** Strings joined by commas. */
  | 'list'
  /** `name[0].key=a&name[0].value=b`. */
  | 'map'
  | 'hostname'
  | 'date';

export interface Param {
  readonly type: ParamType;
  readonly required?: true;
  readonly of?: keyof Kinds;
  /** Whether a removed row counts as unknown, as if it had never existed. */
  readonly forgets?: true;
}

export type Params = Readonly<Record<string, Param>>;

/** Parameters every list command takes. */
export const listParams = {
  page: { type: 'integer' },
  pagesize: { type: 'integer' },
  keyword: { type: 'string' },
  listall: { type: 'boolean' },
} as const satisfies Params;

type Fields = Readonly<Record<string, string>>;

/** The decoded parameters of one call. Reading one the command does not declare is a bug and throws. */
export class Arguments {
  readonly #world: World;
  readonly #params: Params;
  readonly #raw: ReadonlyMap<string, string>;
  readonly #label: string;

  /** Decodes and checks all parameters in the server's order: characters, presence, types. */
  constructor(world: World, label: string, params: Params, raw: ReadonlyMap<string, string>) {
    this.#world = world;
    this.#params = params;
    this.#raw = raw;
    this.#label = label;
    for (const [name, value] of raw) this.#checkCharacters(name, value);
    for (const [name, param] of Object.entries(params)) this.#checkValue(name, param);
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    return value === '' ? undefined : value;
  }

  /** A required string. */
  need(name: string): string {
    return this.#value(name) ?? '';
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  /** Anything that does not parse is false, as on the server. */
  flag(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : value.toLowerCase() === 'true';
  }

  list(name: string): string[] {
    return (this.text(name) ?? '').split(',').filter((part) => part !== '');
  }

  /** The row an id names, removed or not. */
  row<K extends keyof Kinds>(name: string, kind: K): Kinds[K] | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : this.#find(name, value, kind);
  }

  /** A required id's row. */
  needRow<K extends keyof Kinds>(name: string, kind: K): Kinds[K] {
    const row = this.row(name, kind);
    if (row === undefined) throw invalid(`Invalid value provided for API arg: ${name}`);
    return row;
  }

  rows<K extends keyof Kinds>(name: string, kind: K): Kinds[K][] {
    return this.list(name).map((value) => this.#find(name, value, kind));
  }

  /** The entries of a map parameter in order of their index. */
  maps(name: string): Fields[] {
    const entries = new Map<number, Record<string, string>>();
    const prefix = `${name}[`;
    // The last one is checked first.
    for (const [key, value] of [...this.#raw].reverse()) {
      if (!key.startsWith(prefix)) continue;
      const match = /^\[(\d+)\]\.(.+)$/.exec(key.slice(name.length));
      const [, index, field] = match ?? [];
      if (index === undefined || field === undefined) throw undecodable(key);
      const entry = entries.get(Number(index)) ?? {};
      entry[field] = value;
      entries.set(Number(index), entry);
    }
    return [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }

  #value(name: string): string | undefined {
    if (this.#params[name] === undefined) throw new Error(`${this.#label} does not declare the parameter ${name}`);
    return this.#raw.get(name);
  }

  #checkCharacters(name: string, value: string): void {
    // The server accepts tab, line feed and carriage return.
    if (/[[\p{Cc}&&\p{ASCII}]--[\t\n\r]]/v.test(value)) {
      throw badParameter(`Received value containing illegal ASCII non-printable characters for parameter ${name}`);
    }
  }

  #checkValue(name: string, param: Param): void {
    if (param.type === 'map') {
      this.maps(name);
      return;
    }
    const value = this.#raw.get(name);
    if (value === undefined) {
      if (param.required !== true) return;
      throw badParameter(`Unable to execute API command ${this.#label} due to missing parameter ${name}`);
    }
    if (value === '') {
      if (param.required !== true) return;
      throw invalid(`Invalid value provided for API arg: ${name}`);
    }
    switch (param.type) {
      case 'integer':
        if (!/^-?\d{1,18}$/.test(value)) {
          throw badParameter(
            `Unable to execute API command ${this.#label} due to invalid value ${value} for parameter ${name}`,
          );
        }
        return;
      case 'id':
        if (param.of !== undefined) this.#find(name, value, param.of);
        return;
      case 'ids':
        for (const part of value.split(',')) if (param.of !== undefined) this.#find(name, part.trim(), param.of);
        return;
      case 'hostname':
        if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(value)) throw badHostname(this.#label, name);
        return;
      case 'date':
        if (!/^\d{4}-\d{2}-\d{2}/.test(value)) {
          throw badParameter(
            `Unable to parse date ${value} for command ${this.#label}, please pass dates in the format mentioned in the api documentation`,
          );
        }
        return;
      default:
        return;
    }
  }

  #find<K extends keyof Kinds>(name: string, value: string, kind: K): Kinds[K] {
    const table = this.#world.tables[kind];
    const row = /^\d+$/.test(value) ? table.bySeq(Number(value)) : table.get(value);
    const forgotten = row?.removed !== undefined && this.#params[name]?.forgets === true;
    if (row === undefined || forgotten) {
      throw badParameter(
        `Unable to execute API command ${this.#label} due to invalid value. Invalid parameter ${name} value=${value} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class.`,
      );
    }
    return row;
  }
}

function undecodable(key: string): ApiError {
  return new ApiError(
    430,
    9999,
    `Unable to decode parameter ${key}; if specifying an object array, please use parameter[index].field=XXX, e.g. userGroupList[0].group=httpGroup`,
  );
}

function badHostname(label: string, name: string): ApiError {
  return badParameter(
    `Unable to execute API command ${label} due to invalid value. Invalid value provided for API arg: ${name} - it can contain ASCII letters 'a' through 'z', the digits '0' through '9', and the hyphen ('-'), must be between 1 and 63 characters long, and can't start or end with "-" and can't start with digit`,
  );
}
