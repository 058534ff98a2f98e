import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { dinfra } from './program.ts';

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
const program = dinfra();

/** Commands that do something, by what one types: `dinfra type list`. */
function commandsOf(command: Command, typed: string): readonly (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[typed, command]];
  return command.commands.flatMap((one) => commandsOf(one, `${typed} ${one.name()}`));
}
const commands = new Map(commandsOf(program, 'dinfra'));

/** The parts of the page by their headings. */
const sections = new Map(
  page.split(/^## /m).map((text) => {
    const end = text.indexOf('\n');
    return [text.slice(0, end), text.slice(end)] as const;
  }),
);

/** What one would type for each option, as the first column of a section's table has it. */
const optionsIn = (section: string) => [...section.matchAll(/^\| `(--[^`]+)` \|/gm)].map(([, flags]) => flags);
const optionsOf = (command: Command) => command.options.map(({ flags }) => flags);

/** The dinfra lines of a section's examples, in words. */
const examplesIn = (section: string) =>
  [...section.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, text = '']) => text.split('\n'))
    .filter((line) => line.startsWith('dinfra '))
    .map((line) => line.split(' '));

describe('docs/cli.md', () => {
  it('docs/cli.md has a heading for each command and for no other', () => {
    const headings = [...sections.keys()].filter((heading) => heading.startsWith('dinfra '));
    expect(headings.toSorted()).toEqual([...commands.keys()].toSorted());
  });

  it('docs/cli.md lists the global options', () => {
    expect(optionsIn(sections.get('Options of every command') ?? '')).toEqual(optionsOf(program));
  });

  describe.each([...commands])('for %s', (typed, command) => {
    const section = sections.get(typed) ?? '';

    it('docs/cli.md lists the options of the command and no others', () => {
      expect(optionsIn(section)).toEqual(optionsOf(command));
    });

    it('docs/cli.md shows the usage of the command', () => {
      // Commander has it that every command takes options: --help is one.
      const usage = command.options.length > 0 ? command.usage() : command.usage().replace('[options]', '').trim();
      expect(section).toContain(`\n\`${`${typed} ${usage}`.trim()}\`: `);
    });

    it('docs/cli.md states each default of the command', () => {
      const undocumented = command.options.flatMap(({ long, defaultValue }) => {
        if (long === undefined || defaultValue === undefined || typeof defaultValue === 'boolean') return [];
        const row = section.split('\n').find((line) => line.startsWith(`| \`${long}`)) ?? '';
        return Array.isArray(defaultValue) || row.includes(String(defaultValue)) ? [] : [`${long} ${defaultValue}`];
      });
      expect(undocumented).toEqual([]);
    });

    it('docs/cli.md has an example that the command accepts', () => {
      const examples = examplesIn(section).filter((words) => typed.split(' ').every((word) => words.includes(word)));
      expect(examples).not.toEqual([]);
      const known = [...optionsOf(program), ...optionsOf(command)].map((flags) => flags.split(' ')[0]);
      for (const words of examples) {
        expect(known).toEqual(expect.arrayContaining(words.filter((word) => word.startsWith('--'))));
        for (const { long, mandatory } of command.options) if (mandatory) expect(words).toContain(long);
      }
    });
  });
});

/** Runs the command and returns the libraries of the chain it has loaded. */
async function librariesLoaded(...args: readonly string[]): Promise<readonly string[]> {
  const hooks = `
    import { registerHooks } from 'node:module';
    const resolve = (name, context, next) => {
      if (name.startsWith('@polkadot/')) process.stderr.write('loaded ' + name + '\\n');
      return next(name, context);
    };
    registerHooks({ resolve });`;
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, main, ...args];
  const { stderr } = await execa(process.execPath, flags, { reject: false });
  return stderr.split('\n').filter((line) => line.startsWith('loaded '));
}

describe('the help', () => {
  it('help loads none of the chain libraries that other commands load', async () => {
    const [help, helpOfOne, list] = await Promise.all([
      librariesLoaded('--help'),
      librariesLoaded('subscribe', '--help'),
      librariesLoaded('--url', 'none', 'list'),
    ]);
    expect([...help, ...helpOfOne]).toEqual([]);
    expect(list).not.toEqual([]);
  });

  it.each([...commands])('the help of %s describes each argument and option', (_typed, command) => {
    expect(command.description()).not.toBe('');
    for (const { description } of [...command.registeredArguments, ...command.options])
      expect(description).not.toBe('');
  });
});
