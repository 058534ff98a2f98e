import { ApiError, invalid } from './api-error.ts';
import type { Rule } from './rows.ts';

/** Ports; none means all. */
export interface Span {
  startPort?: number;
  endPort?: number;
}

/** The range two parameters give, checked as the server does. */
export function portRange(start: number | undefined, end: number | undefined): Span {
  if (start === undefined && end === undefined) return {};
  const startPort = start ?? end ?? 0;
  const endPort = end ?? startPort;
  for (const port of [startPort, endPort]) {
    if (port < 1 && port !== 0) throw invalid(`Public port range is an invalid value: ${port}`);
    if (port > 65_535) throw invalid(`Public port range is an invalid value: ${port}`);
  }
  if (startPort > endPort) throw invalid("Start port can't be bigger than end port");
  return { startPort, endPort };
}

/** Whether two spans share a port. */
export function overlaps(a: Span, b: Span): boolean {
  return (a.startPort ?? 0) <= (b.endPort ?? 65_535) && (b.startPort ?? 0) <= (a.endPort ?? 65_535);
}

/** 537 with the rule that is in the way. */
export function conflictOf(rule: Rule, wanted: Span, csCode: number): ApiError {
  const shown = `FirewallRule {"id":${rule.seq},"networkId":${204},"purpose":"${rule.purpose}","state":"Active","uuid":"${rule.id}"}`;
  return new ApiError(
    537,
    csCode,
    `The range specified, ${wanted.startPort}-${wanted.endPort}, conflicts with rule ${shown} which has ${rule.startPort}-${rule.endPort}`,
  );
}
