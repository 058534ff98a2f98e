import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Carries a run of helm; see `Effects.carry`. */
type Carry = (name: string, forward: () => Promise<void>, deliver: () => Promise<void>) => Promise<void>;

const LOOK_MS = 10;
const CHANGES = ['install', 'upgrade', 'uninstall', 'rollback'];

/**
 * A wrapper command for helm: it waits for permission before a run that changes something, runs the real helm, and
 * exits when its result may be seen. It communicates through files, because only a shell fits into the limits under
 * which helm runs.
 */
export class HelmGate {
  /** Path of the command. */
  readonly command: string;
  private readonly folder: string;
  private readonly carry: Carry;
  private closed = false;

  /** @param folder is made, and is the gate's own. */
  static open(folder: string, helm: string, carry: Carry): HelmGate {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const command = join(folder, 'helm');
    writeFileSync(command, script(folder, helm), { mode: 0o700 });
    return new HelmGate(folder, command, carry);
  }

  private constructor(folder: string, command: string, carry: Carry) {
    this.folder = folder;
    this.command = command;
    this.carry = carry;
    void this.watch();
  }

  close(): void {
    this.closed = true;
  }

  private async watch(): Promise<void> {
    const known = new Set<string>();
    while (!this.closed) {
      for (const name of readdirSync(this.folder)) {
        if (!name.endsWith('.ask') || known.has(name)) continue;
        known.add(name);
        void this.run(join(this.folder, name.slice(0, -'.ask'.length)));
      }
      await sleep(LOOK_MS);
    }
  }

  private async run(base: string): Promise<void> {
    const name = `helm ${readFileSync(`${base}.ask`, 'utf8').trim()}`;
    await this.carry(
      name,
      async () => {
        writeFileSync(`${base}.go`, '');
        while (!this.closed && !this.exists(`${base}.done`)) await sleep(LOOK_MS);
      },
      async () => {
        writeFileSync(`${base}.end`, '');
        while (!this.closed && !this.exists(`${base}.over`)) await sleep(LOOK_MS);
      },
    );
  }

  private exists(path: string): boolean {
    return readdirSync(this.folder).includes(path.slice(this.folder.length + 1));
  }
}

/** `.ask` is renamed into place, so that it is never read incomplete. */
function script(folder: string, helm: string): string {
  return `#!/bin/sh
verb=
for arg in "$@"; do
  case "$arg" in
    ${CHANGES.join('|')}) verb=$arg; break ;;
  esac
done
[ -n "$verb" ] || exec '${helm}' "$@"
run='${folder}/'$$
echo "$verb" >"$run.tmp"
mv "$run.tmp" "$run.ask"
until [ -e "$run.go" ]; do sleep 0.02; done
'${helm}' "$@"
code=$?
: >"$run.done"
until [ -e "$run.end" ]; do sleep 0.02; done
: >"$run.over"
exit $code
`;
}
