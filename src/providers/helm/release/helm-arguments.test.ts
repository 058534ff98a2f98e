import { describe, expect, test } from 'vitest';
import { installArguments, rollbackArguments, templateArguments, upgradeArguments } from './helm-arguments.ts';

const command = { release: 'dinfra-1-1-x', chart: '/p/chart.tgz', values: '/p/values.json', order: 'abc' };

describe('the arguments of helm', () => {
  test('the arguments of helm name the release, its namespace, and files for everything that is a stranger’s', () => {
    for (const args of [installArguments(command), upgradeArguments(command)]) {
      expect(args.slice(1, 3)).toEqual(['dinfra-1-1-x', '/p/chart.tgz']);
      expect(args).toContain('--namespace=dinfra-1-1-x');
      expect(args).toContain('--values=/p/values.json');
      expect(args).toContain('--labels=dinfra.io/order=abc');
    }
  });

  test('the arguments of helm wait for nothing and run no hooks', () => {
    const all = [installArguments(command), upgradeArguments(command), rollbackArguments('x', 1)];
    for (const args of all) {
      expect(args).toContain('--no-hooks');
      expect(args.filter((arg) => arg.startsWith('--wait'))).toEqual([]);
    }
  });

  test('the arguments of helm bring no definitions for the whole cluster', () => {
    expect(installArguments(command)).toContain('--skip-crds');
    expect(upgradeArguments(command)).toContain('--skip-crds');
  });

  test('the arguments of helm render everything a chart has, to be judged', () => {
    const args = templateArguments(command, 'v1.37.1');
    expect(args).toContain('--include-crds');
    expect(args).toContain('--kube-version=v1.37.1');
    expect(args).not.toContain('--no-hooks');
    expect(templateArguments(command, undefined).join(' ')).not.toContain('kube-version');
  });

  test('the arguments of helm upgrade to the values of the order and to no others', () => {
    expect(upgradeArguments(command)).toContain('--reset-values');
  });
});
