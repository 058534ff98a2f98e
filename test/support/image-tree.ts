import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { lackingCommand } from './left-out.ts';

const tool = (name: string) => fileURLToPath(new URL(`../../tools/${name}`, import.meta.url));
/** The part of the Dockerfile's ENTRYPOINT and the chart's arguments that precedes the operator's own arguments. */
const ENTRYPOINT = ['/nodejs/bin/node', '--max-semi-space-size=4', '/app/dinfra-operator.js'];

/** The exit code of tools/image-tree if it cannot fetch Debian's packages. */
const NO_PACKAGES = 3;
/** Libraries in the image; the Node of a distribution may need others. */
const LIBRARIES = /^(linux-vdso|libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+)\.so/;

/** The image's root file system, with a way to run commands in it like in a pod. */
export class ImageTree {
  readonly path: string;
  private readonly config: string;

  private constructor(path: string, config: string) {
    this.path = path;
    this.config = config;
  }

  /**
   * Creates it in a separate folder, as `make image-tree` does. If this machine cannot create or enter it, returns a
   * description of what is missing: the libraries come from Debian's packages, and mounting requires root.
   */
  static async make(folder: string): Promise<ImageTree | string> {
    const lacking = await lackingHere();
    if (lacking !== undefined) return lacking;
    const [path, config] = [join(folder, 'image'), join(folder, 'config')];
    mkdirSync(config, { recursive: true, mode: 0o755 });
    const { exitCode, all } = await execa(tool('image-tree'), [path], { reject: false, all: true });
    const problem = all.trim().split('\n').at(-1) ?? '';
    if (exitCode === NO_PACKAGES) return problem;
    if (exitCode !== 0) throw new Error(problem);
    return new ImageTree(path, config);
  }

  /** Total size, in MiB. */
  async mebibytes(): Promise<number> {
    const { stdout } = await execa('du', ['--summarize', '--apparent-size', '--block-size=1', this.path]);
    return Number.parseInt(stdout, 10) / 2 ** 20;
  }

  /** Writes a file that the user of the image can read. Returns its path inside. */
  give(file: string, name: string): string {
    const copy = join(this.config, name);
    copyFileSync(file, copy);
    chmodSync(copy, 0o644);
    return `/tmp/config/${name}`;
  }

  /** The command that starts the operator inside. */
  get operator(): readonly [string, ...string[]] {
    return ['env', `CONFIG=${this.config}`, tool('in-image-tree'), this.path, ...ENTRYPOINT];
  }

  /** Runs a command inside. */
  async run(command: readonly string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
    const { exitCode, all } = await execa(tool('in-image-tree'), [this.path, ...command], { reject: false, all: true });
    return { ok: exitCode === 0, text: all };
  }
}

async function lackingHere(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'mounting requires root';
  for (const command of ['apt-get', 'dpkg-deb', 'unshare', 'setpriv', 'chroot', 'ldd']) {
    const lacking = lackingCommand(command);
    if (lacking !== undefined) return lacking;
  }
  const { stdout: linked } = await execa('ldd', [process.execPath], { reject: false });
  const others = [...linked.matchAll(/^\s*(\S+) =>/gm)].map(([, name = '']) => name);
  const foreign = others.find((name) => !LIBRARIES.test(name));
  if (foreign !== undefined) return `the Node of this machine needs ${foreign}, which the image does not have`;
  const tree = mkdtempSync(join(tmpdir(), 'dinfra-mounts-'));
  try {
    for (const name of ['proc', 'dev', 'tmp']) mkdirSync(join(tree, name));
    const { failed, stderr } = await execa(tool('in-image-tree'), [tree], { reject: false });
    return failed ? `nothing can be mounted here: ${stderr.split('\n')[0]}` : undefined;
  } finally {
    rmSync(tree, { recursive: true });
  }
}
