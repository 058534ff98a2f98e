import { parse } from 'yaml';
import { promtoolTests } from './alert-files.ts';
import type { Alert } from './alerts.ts';

/**
 * The alerts of a file of rules whose tests do not prove that they fire when they should and do not fire when they
 * should not. Each is tested alone.
 *
 * @param passes runs tests in promtool's notation, and returns whether all of them passed.
 */
export async function untestedAlerts(
  rules: { readonly file: string; readonly text: string },
  tested: readonly Alert[],
  passes: (tests: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const untested: string[] = [];
  for (const name of namesIn(rules.text)) {
    const test = tested.find((alert) => alert.name === name);
    if (test === undefined || !(await passes(promtoolTests([test], rules.file)))) untested.push(name);
  }
  return untested;
}

function namesIn(rules: string): readonly string[] {
  const { groups } = parse(rules) as { readonly groups: readonly { readonly rules: readonly { alert: string }[] }[] };
  return groups.flatMap((group) => group.rules.map(({ alert }) => alert));
}
