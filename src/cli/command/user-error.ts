import { InvalidArgumentError } from 'commander';
import { entryOf } from '../../errors/catalogue.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { Terminal } from './terminal.ts';

/** A failure the user can do something about: printed as two lines, without a stack. */
export class UserError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'UserError';
    this.hint = hint;
  }
}

/** Runs a command; an error the user can do something about is printed without a stack. */
export async function reportErrors({ err, fail }: Terminal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const ours = findDinfraError(error);
    const hint = error instanceof UserError ? error.hint : ours && (ours.hint ?? entryOf(ours.code)?.remedy);
    if (!(error instanceof UserError || error instanceof InvalidArgumentError) && ours === undefined) throw error;
    err(`dinfra: ${(error as Error).message}\n${hint === undefined ? '' : `        ${hint}\n`}`);
    fail();
  }
}
