import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Listr } from 'listr2';
import { columns } from '../../src/cli/command/output.ts';
import { takeConsole } from '../../src/substrate/library-console.ts';
import { Environment } from '../environment.ts';
import { Story, steps, type Tenant } from './story.ts';
import { World } from './world.ts';

interface Stage {
  /** Also while the environment is starting. */
  starting?: Promise<Environment>;
  environment?: Environment;
  world?: World;
  story?: Story;
}

/** Plays the story. Resolves with the exit code: 0 only if every step was verified. */
async function main(ports: 'samples' | 'free'): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-demo-'));
  const stage: Stage = {};
  const started = performance.now();
  const list = new Listr<Stage>(
    [
      {
        title: 'A Kubernetes control plane, a chain and a cloud come up',
        task: async (context, task) => {
          context.starting = Environment.start({
            folder,
            ports,
            onStep: (step) => {
              task.output = step;
            },
          });
          context.environment = await context.starting;
          context.world = await World.open(context.environment);
          context.story = new Story(context.environment, context.world);
        },
        rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
      },
      ...steps.map(({ title, run }) => ({
        title,
        task: async (context: Stage, task: { output: string }) => {
          if (context.story === undefined) throw new Error('the environment did not start');
          await run(context.story, (text) => {
            task.output = text;
          });
        },
        rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
      })),
    ],
    {
      ctx: stage,
      // A live list on a terminal, plain lines elsewhere.
      fallbackRenderer: 'simple',
      // It would end the process before the components it started.
      registerSignalListeners: false,
      rendererOptions: { collapseErrors: false, showErrorMessage: true },
    },
  );
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      // Components that are still starting are awaited, otherwise they would be left running.
      await stage.starting?.catch(() => undefined);
      await stage.world?.close();
      await stage.environment?.stop();
    })();
    return stopping;
  };
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    // The live list has hidden the cursor.
    const cursor = process.stderr.isTTY || process.stdout.isTTY ? '\x1b[?25h' : '';
    process.stderr.write(`${cursor}\nInterrupted: ending everything that was started … (once more: at once)\n`);
    const end = () => {
      rmSync(folder, { recursive: true, force: true });
      process.stderr.write(`${cursor}Everything has ended.\n`);
      process.exit(130);
    };
    void stop().then(end, end);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // Libraries print to the console what their errors contain as well.
  const print = console.log.bind(console);
  takeConsole(() => undefined);
  try {
    await list.run();
    print(`\n${closingTable(stage.story?.tenants ?? [])}`);
    print(
      `\nVerified in ${Math.round((performance.now() - started) / 1000)} s by reading the chain, the cluster and the cloud.`,
    );
    rmSync(folder, { recursive: true, force: true });
    return 0;
  } catch (error) {
    // The failure was caused by the interruption: `interrupt` ends the process.
    if (interrupted) return await new Promise<never>(() => undefined);
    print(`\ndinfra: the demo failed: ${error instanceof Error ? error.message : String(error)}`);
    print(`        Logs are kept in ${folder}.`);
    return 1;
  } finally {
    await stop();
  }
}

function closingTable(tenants: readonly Tenant[]): string {
  return columns(
    ['SUBSCRIPTION', 'TYPE', 'AWARD TO ACTIVE', 'MADE', 'LEFT'],
    tenants.map(({ id, type, blocks, seconds, made }) => [
      `${id}`,
      type,
      `${blocks} blocks, ${seconds.toFixed(1)} s`,
      made.join(', '),
      'nothing',
    ]),
  );
}

// On a terminal of unknown width the table would have one letter per line.
for (const stream of [process.stdout, process.stderr]) if (stream.columns === 0) stream.columns = 80;
const { values } = parseArgs({ options: { 'free-ports': { type: 'boolean', default: false } } });
process.exitCode = await main(values['free-ports'] ? 'free' : 'samples');
process.stdout.write('', () => process.exit());
