import { parentPort } from 'node:worker_threads';
import { checkSchema, type Question } from './check-schema.ts';
import { LinearRegExp } from './linear-regexp.ts';

// The thread in which strangers' schemas meet strangers' descriptors, and nothing else. Whoever started it ends it when
// it takes too long; its memory is bounded by the resource limits it was started with.

// typebox makes its regular expressions with the global constructor; in this thread all of them are a stranger's.
globalThis.RegExp = LinearRegExp as unknown as RegExpConstructor;

parentPort?.on('message', (question: Question) => parentPort?.postMessage(checkSchema(question)));
parentPort?.postMessage('ready');
