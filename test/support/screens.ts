/**
 * The stable part of kubectl's output: its lines without names, hashes, addresses, times and growing numbers, without
 * duplicates and sorted, because conditions and events are in the order of arrival.
 */
export function lastingLines(screen: string): string[] {
  const lines = screen.split('\n').map((line) => lasting(line).trim());
  return [...new Set(lines.filter((line) => line !== ''))].toSorted();
}

/** The outputs in a page, by their command. */
export function screensOf(page: string): ReadonlyMap<string, string> {
  const blocks = [...page.matchAll(/^```console\n\$ (.+)\n([\s\S]*?)^```$/gm)];
  return new Map(blocks.map(([, command = '', screen = '']) => [command, screen]));
}

const changing: readonly (readonly [RegExp, string])[] = [
  [/0x[0-9a-f]{64}/g, 'HASH'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'],
  [/\b5[1-9A-HJ-NP-Za-km-z]{47}\b/g, 'ACCOUNT'],
  // Names of Deployments, Subscriptions and DescriptorTypes end with a digest of the genesis hash.
  [/-[0-9a-f]{10}\b/g, '-GENESIS'],
  [/genesis=[0-9a-f]{16}/g, 'genesis=GENESIS'],
  [/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME'],
  [/\b(\d+\.){3}\d+(:\d+)?/g, 'ADDRESS'],
  [/^(Namespace: +).*/g, '$1NAMESPACE'],
  // The text of an event depends on how many steps a reconcile took.
  [/^( +(?:Normal|Warning) +\w+).*/g, '$1'],
  [/\b(\d+[smhd])+\b/g, 'AGE'],
  [/\b\d{2,}\b|(?<=Generation: +)\d+/g, 'N'],
  [/ {2,}/g, '  '],
];

function lasting(line: string): string {
  return changing.reduce((text, [pattern, word]) => text.replace(pattern, word), line);
}
