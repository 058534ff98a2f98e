import { parentPort } from 'node:worker_threads';
import { perform, type Task } from './tasks.ts';

// The thread that looks at charts, indices, manifests and release records, all of them a stranger's, and does nothing
// else. Its owner terminates it if it takes too long; its memory is bounded by the resource limits it was started with.

parentPort?.on('message', async (task: Task) => parentPort?.postMessage(await perform(task)));
parentPort?.postMessage('ready');
