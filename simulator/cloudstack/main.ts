#!/usr/bin/env node
import { commandLine } from './command-line.ts';
import { UsageError } from './usage-error.ts';

try {
  await commandLine().parseAsync();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`cloudstack-simulator: ${error.message}\n  ${error.hint}\n`);
  process.exitCode = 1;
}
