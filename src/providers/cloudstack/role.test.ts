import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../../../simulator/cloudstack/registry.ts';

const here = new URL('.', import.meta.url);

/** Commands that are put together where they are called. */
const composed: Readonly<Record<string, readonly string[]>> = {
  'authorizeSecurityGroup${direction}': ['authorizeSecurityGroupIngress', 'authorizeSecurityGroupEgress'],
  'revokeSecurityGroup${action.direction}': ['revokeSecurityGroupIngress', 'revokeSecurityGroupEgress'],
};

/** Every command of CloudStack that the sources name. */
function called(): Set<string> {
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const text = files.map((name) => readFileSync(new URL(name, here), 'utf8')).join('\n');
  const whole = [...commands.values()].map(({ name }) => name).filter((name) => text.includes(`'${name}'`));
  const parts = Object.entries(composed).flatMap(([source, names]) => (text.includes(source) ? names : []));
  return new Set([...whole, ...parts]);
}

it('the role that docs/cloudstack.md asks for is what is called, neither less nor more', () => {
  const page = readFileSync(new URL('../../../docs/cloudstack.md', here), 'utf8');
  const [, section = ''] = page.split('### What the role has to allow');
  const [table = ''] = section.split('\n## ');
  const granted = [...table.matchAll(/`([a-z][A-Za-z]+)`/g)].flatMap(([, name]) => name ?? []);
  const known = new Set([...commands.values()].map(({ name }) => name));
  // Never called: the right to it is what expunge=true of destroyVirtualMachine asks for.
  const uncalled = 'expungeVirtualMachine';
  expect(granted).toContain(uncalled);
  expect(granted.filter((name) => known.has(name) && name !== uncalled).sort()).toEqual([...called()].sort());
});
