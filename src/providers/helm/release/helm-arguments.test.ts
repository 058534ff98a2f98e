import { describe, expect, test } from 'vitest';
import { installArguments, rollbackArguments, templateArguments, upgradeArguments } from './helm-arguments.ts';

const command = { release: 'dinfra-1-1-x', chart: '/p/chart.tgz', values: '/p/values.json', order: 'abc' };

describe('the arguments of helm', () => {
  test('helm’s arguments name the release and its namespace, and pass untrusted input in files', () => {
    for (const args of [installArguments(command), upgradeArguments(command)]) {
      expect(args.slice(1, 3)).toEqual(['dinfra-1-1-x', '/p/chart.tgz']);
      expect(args).toContain('--namespace=dinfra-1-1-x');
      expect(args).toContain('--values=/p/values.json');
      expect(args).toContain('--labels=dinfra.io/order=abc');
    }
  });

  test('helm’s arguments neither wait nor run hooks', () => {
    const all = [installArguments(command), upgradeArguments(command), rollbackArguments('x', 1)];
    for (const args of all) {
      expect(args).toContain('--no-hooks');
      expect(args.filter((arg) => arg.startsWith('--wait'))).toEqual([]);
    }
  });

  test('helm’s arguments skip CRDs', () => {
    expect(installArguments(command)).toContain('--skip-crds');
    expect(upgradeArguments(command)).toContain('--skip-crds');
  });

  test('helm’s arguments render everything a chart has, to be checked', () => {
    const args = templateArguments(command, 'v1.37.1');
    expect(args).toContain('--include-crds');
    expect(args).toContain('--kube-version=v1.37.1');
    expect(args).not.toContain('--no-hooks');
    expect(templateArguments(command, undefined).join(' ')).not.toContain('kube-version');
  });

  test('helm’s arguments upgrade to the values of the order only', () => {
    expect(upgradeArguments(command)).toContain('--reset-values');
  });
});
