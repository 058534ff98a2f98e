#!/usr/bin/env node
import '../reasons.ts';
import { takeConsole } from '../substrate/library-console.ts';
import { dinfra } from './command/program.ts';

// The libraries write to the console what their errors say as well.
takeConsole(() => undefined);
await dinfra().parseAsync();
// A closing socket would keep the process alive for seconds. Exit after the output is flushed.
process.stdout.write('', () => process.exit());
