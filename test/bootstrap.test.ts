import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** The commands of every Unix, which tools/run may use. */
const UNIX =
  'sh awk cat cut date df dirname echo grep head ln mkdir mv readlink rm sed sha256sum sleep tail touch uname'.split(
    ' ',
  );
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kwok', 'helm'];

const NODE = 'echo v24.21.0';
const NPM = 'mkdir -p node_modules';
/** Builds in `$BUILD_SECONDS`, into the folder after -o, as go build does. */
const GO = `
case "$*" in
'env GOVERSION') echo go1.26.0 ;;
'env GO'*CACHE) echo "$HOME/go" ;;
'env GOPROXY') echo https://proxy.example ;;
'build '*)
  echo built >>"$HOME/builds"
  while [ "$1" != -o ]; do shift; done
  sleep "\${BUILD_SECONDS:-0}"
  for name in server kube-apiserver kube-controller-manager kube-scheduler kubectl kwok helm; do echo >"$2$name"; done ;;
esac`;

/** A Unix machine with some installed commands, and a checkout. */
class Machine {
  readonly home = mkdtempSync(join(tmpdir(), 'dinfra-machine-'));
  readonly cache = join(this.home, '.cache/dinfra-operator');
  private readonly path = join(this.home, 'bin');

  constructor() {
    mkdirSync(this.path);
    for (const name of UNIX) symlinkSync(where(name), join(this.path, name));
    const checkout = join(this.home, 'a checkout');
    cpSync(join(root, 'tools'), join(checkout, 'tools'), { recursive: true });
    writeFileSync(join(checkout, 'package-lock.json'), '{}');
  }

  /** Installs a command as a shell script, in a separate folder if one is given. */
  install(name: string, script: string, folder = this.path): void {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, name);
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  installAll(): void {
    this.install('node', NODE);
    this.install('npm', NPM);
    this.install('go', GO);
  }

  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    return execa(join(this.home, 'a checkout/tools/run'), [...args], { reject: false, ...this.options(env) });
  }

  /** The lines that it prints when it fails. */
  async complaint(env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
    const { exitCode, stderr } = await this.run(['echo', 'ran'], env);
    expect(exitCode).toBe(1);
    return String(stderr).split('\n');
  }

  spawn(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const options = this.options(env);
    return spawn(join(this.home, 'a checkout/tools/run'), args, { env: options.env, stdio: 'ignore', detached: true });
  }

  builds(): number {
    const file = join(this.home, 'builds');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  private options(env: NodeJS.ProcessEnv) {
    return { env: { PATH: this.path, HOME: this.home, ...env }, extendEnv: false };
  }
}

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

describe('a missing requirement is reported in one line', () => {
  it('a missing Node and npm is reported in one line, with what to install', async () => {
    expect(await machine.complaint()).toEqual([
      'dinfra: Node 22.19.0 or later is needed, PATH has none, and no npm to bring it: install Node, or any older one that comes with npm',
    ]);
  });

  it('an old Node with an unreachable registry is reported with the cause', async () => {
    machine.install('node', 'echo v18.20.0');
    machine.install('npm', 'echo "npm error code ENOTFOUND"; echo "npm error network getaddrinfo failed"; exit 1');
    const said = await machine.complaint();
    expect(said.at(-1)).toBe(
      'dinfra: Node could not be brought from the npm registry (network getaddrinfo failed): check the network, or install Node 22.19.0 or later yourself',
    );
    expect(said).toHaveLength(2);
    expect(existsSync(join(machine.cache, 'node-24.21.0'))).toBe(false);
  });

  it('an old Node on a platform without an npm package of Node is reported with both', async () => {
    machine.install('node', 'echo v18.20.0');
    machine.install('npm', NPM);
    machine.install('uname', 'case $1 in -s) echo FreeBSD ;; -m) echo amd64 ;; *) echo FreeBSD amd64 ;; esac');
    expect(await machine.complaint()).toEqual([
      'dinfra: Node 22.19.0 or later is needed and PATH has v18.20.0: install it, there is no npm package of it for FreeBSD amd64',
    ]);
  });

  it('a missing npm is reported in one line', async () => {
    machine.install('node', NODE);
    expect(await machine.complaint()).toEqual(['dinfra: npm is not on PATH: install it, it comes with Node']);
  });

  it('npm packages that cannot be installed are reported with the cause and the log', async () => {
    machine.installAll();
    machine.install('npm', 'echo "npm error code E404"; echo "npm error 404 Not Found - left-pad"; exit 1');
    expect((await machine.complaint()).at(-1)).toBe(
      `dinfra: the npm packages could not be installed (404 Not Found - left-pad): check the network and the disk; ${machine.cache}/npm.log says more`,
    );
  });

  it('a missing Go is reported in one line', async () => {
    machine.install('node', NODE);
    machine.install('npm', NPM);
    expect((await machine.complaint()).at(-1)).toBe(
      'dinfra: Go is not on PATH, nor is a control plane that fits: install Go 1.26 or later, it is built with it once',
    );
  });

  it('a Go that is too old is reported in one line', async () => {
    machine.installAll();
    machine.install('go', 'echo go1.24.6');
    expect((await machine.complaint()).at(-1)).toBe(
      'dinfra: Go 1.24.6 is on PATH: the control plane is built with Go 1.26 or later, install it',
    );
  });

  it('too little disk space is reported, summed up for everything on the same disk', async () => {
    machine.installAll();
    machine.install('df', 'echo head; echo "/dev/sda1 9 9 4194304 50% /"');
    expect((await machine.complaint()).at(-1)).toMatch(
      /^dinfra: no room to build the control plane: 4096 MiB are free for .*, \d+ MiB are needed; make room, or set DINFRA_CACHE, GOCACHE and GOMODCACHE to folders elsewhere$/,
    );
    expect(machine.builds()).toBe(0);
  });

  it('an unreachable Go module proxy is reported in one line', async () => {
    machine.installAll();
    const failure =
      'go: k8s.io/kubernetes@v1.37.1: Get "https://proxy.example/x.mod": dial tcp 192.0.2.1:443: i/o timeout';
    machine.install('go', GO.replace('echo built', `echo '${failure}'; exit 1; echo`));
    expect((await machine.complaint()).at(-1)).toBe(
      'dinfra: a Go module could not be fetched (i/o timeout): check the network and go env GOPROXY (https://proxy.example)',
    );
  });

  it('a disk that becomes full during a build is reported in one line', async () => {
    machine.installAll();
    machine.install('go', GO.replace('echo built', 'echo "link: write: no space left on device"; exit 1; echo'));
    expect((await machine.complaint()).at(-1)).toContain('the disk became full while building the control plane');
  });

  it('a build that fails is reported with its log', async () => {
    machine.installAll();
    machine.install('go', GO.replace('echo built', 'echo "x.go:1:1: undefined: y"; exit 1; echo'));
    expect((await machine.complaint()).at(-1)).toBe(
      `dinfra: building the control plane failed (x.go:1:1: undefined: y): ${machine.cache}/build.log says more`,
    );
  });

  it('a cache folder that cannot be created is reported in one line', async () => {
    machine.installAll();
    writeFileSync(join(machine.home, 'file'), '');
    const cache = join(machine.home, 'file/cache');
    expect(await machine.complaint({ DINFRA_CACHE: cache })).toEqual([
      `dinfra: the cache ${cache} cannot be made: set DINFRA_CACHE to a folder that can be written`,
    ]);
  });

  it('tools/run without a command prints its usage', async () => {
    expect((await machine.run([])).stderr).toBe('dinfra: usage: tools/run [--without-binaries] COMMAND [ARGUMENT ...]');
  });
});

describe('downloads and builds', () => {
  it('tools are installed once, and the command runs with its own exit code and output', async () => {
    machine.installAll();
    const first = await machine.run(['sh', '-c', 'echo "$DINFRA_BIN"; exit 7']);
    expect(first.exitCode).toBe(7);
    expect(existsSync(join(String(first.stdout), 'etcd'))).toBe(true);
    const second = await machine.run(['sh', '-c', 'echo "$DINFRA_BIN"']);
    expect({ out: second.stdout, err: second.stderr }).toEqual({ out: first.stdout, err: '' });
    expect(machine.builds()).toBe(1);
  });

  it('the control plane’s binaries are not built for a command that needs none', async () => {
    machine.installAll();
    expect((await machine.run(['--without-binaries', 'echo', 'ran'])).stdout).toBe('ran');
    expect(machine.builds()).toBe(0);
  });

  it('Node is installed when PATH has an old one', async () => {
    machine.installAll();
    machine.install('node', 'echo v20.1.0');
    // --prefix FOLDER comes first.
    machine.install(
      'npm',
      `[ "$1" = ci ] && { ${NPM}; exit; }
      [ "$1 $2" = 'install --prefix' ] || exit 1
      mkdir -p "$3/node_modules/.bin"; printf '#!/bin/sh\\n${NODE}\\n' >"$3/node_modules/.bin/node"
      chmod +x "$3/node_modules/.bin/node"`,
    );
    symlinkSync(where('chmod'), join(machine.home, 'bin/chmod'));
    const { stdout, stderr } = await machine.run(['--without-binaries', 'node']);
    expect(stderr).toContain('PATH has Node v20.1.0; bringing Node 24.21.0');
    expect(stdout).toBe('v24.21.0');
  });

  it('two concurrent runs build the binaries once', async () => {
    machine.installAll();
    const first = machine.run(['echo', 'ran'], { BUILD_SECONDS: '4' });
    await expect.poll(() => machine.builds(), { timeout: 10_000 }).toBe(1);
    const second = await machine.run(['echo', 'ran']);
    expect([(await first).stdout, second.stdout]).toEqual(['ran', 'ran']);
    expect(second.stderr).toMatch(/process \d+ is bringing what is needed; waiting for it/);
    expect(machine.builds()).toBe(1);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'is whole or not there when the build ends by %s',
    async (signal) => {
      machine.installAll();
      const build = machine.spawn(['true'], { BUILD_SECONDS: '30' });
      const exited = new Promise((resolve) => build.once('exit', resolve));
      await expect.poll(() => machine.builds(), { timeout: 5_000 }).toBe(1);
      // To the process group, like a terminal.
      process.kill(-(build.pid ?? 0), signal);
      await exited;
      const next = await machine.run(['sh', '-c', 'echo "$DINFRA_BIN"']);
      expect(existsSync(join(String(next.stdout), 'helm'))).toBe(true);
      expect(machine.builds()).toBe(2);
      expect((await execa('ls', ['-A', machine.cache])).stdout.split('\n').sort()).toEqual([
        expect.stringMatching(/^binaries-[0-9a-f]{16}$/),
        'build.log',
        'npm.log',
      ]);
    },
  );

  it('binaries of the right versions in KUBEBUILDER_ASSETS and PATH are used', async () => {
    machine.installAll();
    const assets = join(machine.home, 'assets');
    installPrograms(machine, assets, '4.3.1');
    rmSync(join(assets, 'helm'));
    machine.install('helm', 'echo v4.1.0');
    const { stdout, stderr } = await machine.run(['sh', '-c', 'echo "$DINFRA_BIN"'], { KUBEBUILDER_ASSETS: assets });
    expect(String(stdout).split(delimiter)).toEqual([
      ...PROGRAMS.slice(1).map(() => assets),
      join(machine.home, 'bin'),
    ]);
    expect(stderr).not.toContain('KUBEBUILDER_ASSETS');
    expect(machine.builds()).toBe(0);
  });

  it('binaries are built, with the reason printed, when those in KUBEBUILDER_ASSETS do not fit', async () => {
    machine.installAll();
    const assets = join(machine.home, 'assets');
    installPrograms(machine, assets, '3.19.0');
    const old = await machine.run(['echo', 'ran'], { KUBEBUILDER_ASSETS: assets });
    expect(old.stderr).toContain(
      `dinfra: KUBEBUILDER_ASSETS is not used: ${assets}/helm is 3.19.0, 4.0.0 or later is needed\n`,
    );
    rmSync(join(assets, 'kube-scheduler'));
    const lacking = await machine.run(['echo', 'ran'], { KUBEBUILDER_ASSETS: assets });
    expect(lacking.stderr).toBe(
      'dinfra: KUBEBUILDER_ASSETS is not used: it has no kube-scheduler, and neither has PATH',
    );
    expect(machine.builds()).toBe(1);
  });
});

/** Programs that print the required versions, and helm the given one. */
function installPrograms(on: Machine, folder: string, helm: string): void {
  const says: Record<string, string> = {
    etcd: 'etcd Version: 3.6.4',
    kubectl: 'Client Version: v1.37.1',
    kwok: 'kwok version v0.8.0 go1.26.0 (linux/amd64)',
    helm: `v${helm}+g0123456`,
  };
  for (const name of PROGRAMS) on.install(name, `echo '${says[name] ?? 'Kubernetes v1.37.1'}'`, folder);
}

/** The path of a command on this machine. */
function where(name: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);
  if (found === undefined) throw new Error(`${name} is not on PATH`);
  return found;
}
