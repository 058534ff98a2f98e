import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from '../base/logger.ts';
import { identityOf, type Tenure, type TenureIdentity } from './identity.ts';

/**
 * The field by which everything of one tenure is found in the log: the name that its Deployment, namespace, release and VM
 * have. It is the same from the award to the VM, and of no other tenure of any chain.
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

/** What has no logger of a tenure, because all tenures share it: the client of a backend. */
const served = new AsyncLocalStorage<TenureField>();

/** Calls of a backend that `work` makes, and what it awaits, are made for this tenure. */
export function onBehalfOf<T>({ name }: TenureIdentity, work: () => T): T {
  return served.run({ tenure: name }, work);
}

/** The tenure for which the running code works; no field when it works for none. */
export function servedTenure(): TenureField | Record<string, never> {
  return served.getStore() ?? {};
}
