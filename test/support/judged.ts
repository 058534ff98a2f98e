import { test } from 'vitest';

/** A test that asks a judge: left out on a machine that cannot build them, which judges.setup.ts has said then. */
export const judged = test.skipIf(process.env['DINFRA_JUDGES'] === '');
