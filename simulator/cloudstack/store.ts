import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Accounts } from './seed.ts';
import type { World } from './world.ts';

/** Milliseconds for which changes are collected before a write. */
const SETTLE_MS = 100;

/** Keeps a world in a file, so that it survives a restart. */
export class Store {
  readonly #file: string;
  readonly #world: World;
  readonly #accounts: Accounts;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string, world: World, accounts: Accounts) {
    this.#file = file;
    this.#world = world;
    this.#accounts = accounts;
  }

  /** Schedules a write after a change. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.flush(), SETTLE_MS).unref();
  }

  /** Writes now. The file is replaced as a whole: a crash leaves the old or the new one. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const draft = `${this.#file}.new`;
    // The file contains the keys of the accounts.
    writeFileSync(draft, JSON.stringify({ accounts: this.#accounts, world: this.#world }), { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}

/** Reads what a store wrote into an empty world; undefined when there is no such file. */
export function loadWorld(file: string, world: World): Accounts | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const saved = JSON.parse(text) as { accounts: Accounts; world: unknown };
  world.load(saved.world);
  return saved.accounts;
}
