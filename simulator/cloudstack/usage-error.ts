/** A mistake in the command line, or something on this machine in its way: printed as two lines, without a stack. */
export class UsageError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
