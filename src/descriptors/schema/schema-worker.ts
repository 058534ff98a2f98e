import { parentPort } from 'node:worker_threads';
import { checkSchema, type Question } from './check-schema.ts';
import { LinearRegExp } from './linear-regexp.ts';

// The thread that checks hostile descriptors against hostile schemas, and does nothing else. Its owner terminates it if
// it takes too long; its memory is bounded by the resource limits it was started with.

// typebox uses the global constructor; every pattern in this thread is untrusted.
globalThis.RegExp = LinearRegExp as unknown as RegExpConstructor;

parentPort?.on('message', (question: Question) => parentPort?.postMessage(checkSchema(question)));
parentPort?.postMessage('ready');
