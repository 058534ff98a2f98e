import { describe, expect, it } from 'vitest';
import { add, countCargo, countVitest, failuresOf } from './count.ts';

describe('the count of a run', () => {
  it('the count of a run is the sum of its suites', () => {
    expect(add({ passed: 1, failed: 2 }, { passed: 3, failed: 4 })).toEqual({ passed: 4, failed: 6 });
  });

  it('a test file that could not be loaded counts as a failure', () => {
    const loaded = { status: 'passed', assertionResults: [{ status: 'passed' }] };
    const broken = { status: 'failed', assertionResults: [] };
    const failing = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
    expect(countVitest({ numPassedTests: 5, numFailedTests: 1, testResults: [loaded, broken, failing] })).toEqual({
      passed: 5,
      failed: 2,
    });
  });

  it('a test file whose hook failed counts as a failure, beside tests that failed', () => {
    const skipped = { status: 'failed', assertionResults: [{ status: 'skipped' }] };
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(countVitest({ numPassedTests: 0, numFailedTests: 1, testResults: [skipped, failing] })).toEqual({
      passed: 0,
      failed: 2,
    });
  });

  it('a failed test is reported with its file and the first lines of its reason', () => {
    const passed = { fullName: 'good', status: 'passed', failureMessages: [] };
    const failed = { fullName: 'bad', status: 'failed', failureMessages: ['expected 1\n at a\n at b'] };
    expect(
      failuresOf({
        testResults: [
          { name: 'a.test.ts', status: 'failed', assertionResults: [passed, failed] },
          { name: 'b.test.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] },
        ],
      }),
    ).toEqual([
      'bad (a.test.ts)\n    expected 1\n     at a\n     at b',
      'b.test.ts: could not be loaded, or a hook failed\n    SyntaxError',
    ]);
  });

  it('the count of a cargo run adds up the crates of the workspace', () => {
    const output = [
      'running 3 tests',
      'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
      'test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    ].join('\n');
    expect(countCargo(output, false)).toEqual({ passed: 7, failed: 2 });
  });

  it('crates that do not compile count as a failure', () => {
    expect(countCargo('error[E0432]: unresolved import', false)).toEqual({ passed: 0, failed: 1 });
  });
});
