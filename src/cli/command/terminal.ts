/** Where a command is given: what it may read, and what it writes to. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** For the answer. */
  out(text: string): void;
  /** For progress and for what went wrong. */
  err(text: string): void;
  /** The command did not do what it was asked. */
  fail(): void;
}

/** This process. */
export const processTerminal: Terminal = {
  environment: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  fail: () => {
    process.exitCode = 1;
  },
};
