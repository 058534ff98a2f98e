/**
 * A page with its generated parts replaced. A generated part is between `<!-- made: <name> -->` and `<!-- end -->`;
 * everything else is written by people and unchanged.
 *
 * @param parts text of each part, by name.
 * @throws Error for a part of the page that is not among them, and for one of them that is not in the page.
 */
export function withMadeParts(title: string, page: string, parts: Readonly<Record<string, string>>): string {
  const seen = new Set<string>();
  const made = page.replaceAll(/<!-- made: ([\w-]+) -->\n.*?<!-- end -->/gs, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`${title}: nothing makes a part called ${name}`);
    seen.add(name);
    return `<!-- made: ${name} -->\n${part}\n<!-- end -->`;
  });
  const missing = Object.keys(parts).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`${title}: its page has no part ${missing.join(', ')}`);
  return made;
}
