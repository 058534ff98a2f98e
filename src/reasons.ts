import { awardReasons } from './award/reasons.ts';
import { blueprintReasons } from './blueprints/reasons.ts';
import { bridgeReasons } from './bridge/reasons.ts';
import { controllerReasons } from './controller/reasons.ts';
import { descriptorReasons } from './descriptors/reasons.ts';
import { type Reasons, registerReasons } from './errors/catalogue.ts';
import { ownReasons } from './errors/reasons.ts';
import { kubeReasons } from './kube/reasons.ts';
import { cloudStackReasons } from './providers/cloudstack/reasons.ts';
import { helmReasons } from './providers/helm/reasons.ts';
import { dinfraReasons } from './sources/dinfra/reasons.ts';
import { substrateReasons } from './substrate/reasons.ts';

/** The catalogue by the chapters of docs/reasons.md: collects every layer's reasons. */
export const chapters: readonly { readonly title: string; readonly layers: readonly Reasons[] }[] = [
  { title: 'Deployments and Reactors', layers: [controllerReasons, ownReasons] },
  { title: 'Awards', layers: [awardReasons] },
  { title: 'Descriptors', layers: [descriptorReasons] },
  { title: 'Compose', layers: [blueprintReasons] },
  { title: 'Providers, Offers and Subscriptions', layers: [bridgeReasons] },
  { title: 'Chain', layers: [substrateReasons, dinfraReasons] },
  { title: 'Cluster', layers: [kubeReasons] },
  { title: 'Helm', layers: [helmReasons] },
  { title: 'CloudStack', layers: [cloudStackReasons] },
];

// Programs import this file first, for its side effect.
registerReasons(...chapters.flatMap(({ layers }) => layers));
