import { text } from 'node:stream/consumers';
import { identityOf } from '../../src/award/identity.ts';
import { HelmWorld } from './helm-world.ts';

// An operator that creates one tenure, to be killed meanwhile. The order comes on standard input.
const { tenure, ...order } = JSON.parse(await text(process.stdin));
const identity = identityOf({ ...tenure, subscription: BigInt(tenure.subscription) });
const world = await HelmWorld.open();
const reactor = world.reactor();
await reactor.check({ ...order, identity }, world.signal);
process.stdout.write('begins\n');
await reactor.create({ ...order, identity }, undefined, world.signal);
process.exit(0);
