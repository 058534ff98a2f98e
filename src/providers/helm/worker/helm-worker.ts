import { parentPort } from 'node:worker_threads';
import { perform, type Task } from './tasks.ts';

// The thread that processes untrusted charts, indices, manifests and release records, and does nothing else. Its owner
// terminates it if it takes too long; its resource limits bound its memory.

parentPort?.on('message', async (task: Task) => parentPort?.postMessage(await perform(task)));
parentPort?.postMessage('ready');
