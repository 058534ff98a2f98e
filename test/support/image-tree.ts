import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const tool = (name: string) => fileURLToPath(new URL(`../../tools/${name}`, import.meta.url));
/** What of the Dockerfile's ENTRYPOINT and the chart's arguments comes before those of the operator. */
const ENTRYPOINT = ['/nodejs/bin/node', '--max-semi-space-size=4', '--enable-source-maps', '/app/dinfra-operator.js'];

/** The image's root file system, and a way to run commands in it as a pod would. */
export class ImageTree {
  readonly path: string;
  private readonly config: string;

  private constructor(path: string, config: string) {
    this.path = path;
    this.config = config;
  }

  /**
   * What this machine lacks to make and enter it, in words; undefined when it lacks nothing. Debian's packages are where
   * the libraries come from, and mounting takes root.
   */
  static async lacks(): Promise<string | undefined> {
    if (process.getuid?.() !== 0) return 'it takes root, to mount';
    for (const command of ['apt-get', 'dpkg-deb', 'unshare', 'setpriv', 'chroot']) {
      const { failed } = await execa('sh', ['-c', `command -v ${command}`], { reject: false });
      if (failed) return `${command} is not here`;
    }
    const { failed } = await execa('unshare', ['--mount', 'true'], { reject: false });
    return failed ? 'this sandbox lets nobody mount' : undefined;
  }

  /** Makes it in a folder of its own, as `make image-tree` does. */
  static async make(folder: string): Promise<ImageTree> {
    const [path, config] = [join(folder, 'image'), join(folder, 'config')];
    mkdirSync(config, { recursive: true, mode: 0o755 });
    await execa(tool('image-tree'), [path]);
    return new ImageTree(path, config);
  }

  /** Size of everything in it, in MiB. */
  async mebibytes(): Promise<number> {
    const { stdout } = await execa('du', ['--summarize', '--apparent-size', '--block-size=1', this.path]);
    return Number.parseInt(stdout, 10) / 2 ** 20;
  }

  /** Puts a file where the user of the image can read it. Returns its path inside. */
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
