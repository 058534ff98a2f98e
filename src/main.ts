#!/usr/bin/env node
import './reasons.ts';
import { setDefaultResultOrder } from 'node:dns';
import { exitCodeOf, parseConfig } from './operator/config.ts';
import { runProcess } from './operator/process.ts';
import { startupProblem } from './operator/startup-problem.ts';

// A cluster behind a tunnel may resolve to addresses of both families, of which only one is reachable.
setDefaultResultOrder('ipv4first');
try {
  process.exitCode = await runProcess(parseConfig(process.argv.slice(2), process.env));
} catch (error) {
  const code = exitCodeOf(error);
  if (code === undefined) process.stderr.write(`dinfra-operator: ${startupProblem(error)}\n`);
  process.exitCode = code ?? 1;
}
