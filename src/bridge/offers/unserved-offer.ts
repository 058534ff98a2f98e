import { type Offer, offers } from '../../api/offer.ts';
import type { BridgeContext } from '../bridge-context.ts';
import type { Problem } from '../failures.ts';
import { unservedOfferStatus } from '../status/offer-status.ts';
import { writeStatus } from '../status/status-writer.ts';

/** Writes why no session serves an Offer into its status, and records an event. */
export async function writeUnserved(
  context: Pick<BridgeContext, 'cluster' | 'providers' | 'events' | 'clock'>,
  offer: Offer,
  signal: AbortSignal,
): Promise<void> {
  const problem = problemOf(context, offer);
  if (problem === undefined) return;
  const status = unservedOfferStatus(offer, problem, context.clock.wallTime());
  if (!(await writeStatus(context.cluster, offers, { object: offer, status }, signal))) return;
  const { reason, message } = problem;
  context.events.record(offer, { type: 'Warning', reason, action: 'Offer', note: message });
}

/** Why no session serves the Provider of an Offer; undefined while that is not known yet. */
function problemOf({ providers }: Pick<BridgeContext, 'providers'>, { metadata, spec }: Offer): Problem | undefined {
  const { name } = spec.providerRef;
  const provider = providers.get(`${metadata.namespace}/${name}`);
  if (provider === undefined) {
    return { reason: 'ProviderMissing', message: `spec.providerRef names Provider ${name}; there is none.` };
  }
  const ready = provider.status.conditions?.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'True') return undefined;
  // Conditions of a Provider are written by the bridge, so their reasons are in the catalogue.
  return { reason: ready.reason as Problem['reason'], message: `Provider ${name}: ${ready.message}` };
}
