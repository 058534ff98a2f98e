#!/usr/bin/env node
import '../reasons.ts';
import { takeConsole } from '../substrate/library-console.ts';
import { dinfra } from './command/program.ts';

// What the libraries have to say is in the errors too.
takeConsole(() => undefined);
await dinfra().parseAsync();
// A socket that is closing would keep the process for seconds; what was written is written first.
process.stdout.write('', () => process.exit());
