import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from '../base/logger.ts';
import { identityOf, type Tenure, type TenureIdentity } from './identity.ts';

/**
 * The log field that identifies a tenure: the name of its Deployment, namespace, release and VM. It stays the same from
 * the award to the VM, and no other tenure of any chain has it.
 */
export interface TenureField {
  readonly tenure: string;
}

export function tenureField(tenure: Tenure): TenureField {
  return { tenure: identityOf(tenure).name };
}

/** A logger whose lines are all about one tenure. */
export function forTenure(log: Logger, tenure: Tenure): Logger {
  return log.child({ ...tenureField(tenure) });
}

/** For code without a logger of one tenure because all tenures share it, such as a backend's client. */
const served = new AsyncLocalStorage<TenureField>();

/** Runs `work` on behalf of a tenure: `servedTenure` returns it in everything that `work` calls or awaits. */
export function onBehalfOf<T>({ name }: TenureIdentity, work: () => T): T {
  return served.run({ tenure: name }, work);
}

/** The tenure on whose behalf the current code runs; no field if there is none. */
export function servedTenure(): TenureField | Record<string, never> {
  return served.getStore() ?? {};
}
