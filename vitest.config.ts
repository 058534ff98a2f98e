import { defineConfig } from 'vitest/config';

/** Suites that need a cluster share one. Their files spend most of their time waiting for it: two at once. */
const onCluster = { globalSetup: ['test/support/control-plane.setup.ts'], hookTimeout: 180_000 };

export default defineConfig({
  test: {
    // As every program does: see src/reasons.ts.
    setupFiles: ['src/reasons.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,dev,simulator}/**/*.test.ts', 'bench/*.test.ts', 'test/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: { name: 'integration', include: ['test/integration/**/*.test.ts'], testTimeout: 60_000, ...onCluster },
      },
      { test: { name: 'hostile', include: ['test/hostile/**/*.test.ts'], testTimeout: 60_000, ...onCluster } },
      // Each file has a cluster of its own that has never heard of us.
      {
        test: {
          name: 'install',
          include: ['test/install/**/*.test.ts'],
          globalSetup: ['test/support/judges.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          maxWorkers: 2,
          ...onCluster,
        },
      },
      {
        test: {
          name: 'sweep',
          include: ['test/sweep/**/*.test.ts'],
          testTimeout: 600_000,
          // As many as the sweep has lanes: its cases mostly wait.
          maxConcurrency: 3,
          ...onCluster,
        },
      },
      // Against a provider's own cloud, when asked to: npm run certify:cloudstack.
      { test: { name: 'certify', include: ['test/certify/**/*.test.ts'] } },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 300_000,
          maxWorkers: 2,
          ...onCluster,
        },
      },
    ],
  },
});
