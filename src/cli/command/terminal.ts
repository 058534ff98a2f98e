/** The environment and the outputs of a command. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** Standard output: the answer. */
  out(text: string): void;
  /** Standard error: progress and errors. */
  err(text: string): void;
  /** Marks the command as failed. */
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
