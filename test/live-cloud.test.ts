import { configFor, openNetwork, quickSimulator } from './support/cloud.ts';
import { LiveCloud } from './support/live-cloud.ts';
import { reactorConformance } from './support/reactor-conformance.ts';
import { SkewedClock } from './support/skewed-clock.ts';

// Runs the certification for providers' clouds against the simulator, with accelerated time.

for (const [name, more] of [
  ['isolated networks', {}],
  ['a shared network', openNetwork],
] as const) {
  reactorConformance(`a cloud that is certified, with ${name}`, async () => {
    const simulator = await quickSimulator();
    const clock = new SkewedClock();
    const cloud = new LiveCloud({
      config: configFor(simulator, more),
      credentials: simulator.accounts.user,
      clock,
      time: clock,
    });
    const close = cloud.close.bind(cloud);
    return Object.assign(cloud, {
      close: async () => {
        await close();
        await simulator.stop();
      },
    });
  });
}
