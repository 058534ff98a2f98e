import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { certificationOf } from '../support/certification.ts';
import { LiveCloud } from '../support/live-cloud.ts';
import { reactorConformance } from '../support/reactor-conformance.ts';

// What a provider runs against a cloud before selling it: `npm run certify:cloudstack`. docs/cloudstack.md says how.

const { backend, credentials, pollMs } = certificationOf(process.env);
const { credentialsSecretRef: _, ...config } = backend;

reactorConformance(
  `CloudStack at ${config.endpoint}`,
  async () =>
    new LiveCloud({
      config,
      credentials,
      clock: systemClock,
      time: { now: Date.now, pass: (ms) => sleep(Math.max(ms, pollMs)) },
    }),
  30 * 60_000,
);
