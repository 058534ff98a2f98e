import { test } from 'vitest';

/** A test that needs the programs of judges.setup.ts: skipped on a machine that cannot build them. */
export const judged = test.skipIf(process.env['DINFRA_JUDGES'] === '');
