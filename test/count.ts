/** How many tests passed and failed. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** The sum of both. */
export function add(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** The count of a vitest JSON report. A file that could not be loaded, or whose hook failed, counts as one failure. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, testResults } = report as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly testResults: readonly TestFile[];
  };
  return { passed: numPassedTests, failed: numFailedTests + testResults.filter(isBroken).length };
}

interface TestFile {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** Whether a file failed though none of its tests did. The tests of a hook that failed count as skipped. */
function isBroken({ status, assertionResults }: TestFile): boolean {
  return status === 'failed' && assertionResults.every((result) => result.status !== 'failed');
}

/** The tests of a vitest JSON report that failed: name, file and the first lines of the reason. */
export function failuresOf(report: unknown): readonly string[] {
  const { testResults } = report as {
    readonly testResults: readonly {
      readonly name: string;
      readonly status: string;
      readonly message?: string;
      readonly assertionResults: readonly {
        readonly fullName: string;
        readonly status: string;
        readonly failureMessages?: readonly string[];
      }[];
    }[];
  };
  return testResults.flatMap(({ name, status, message, assertionResults }) =>
    isBroken({ status, assertionResults })
      ? [`${name}: could not be loaded, or a hook failed\n${firstLines(message ?? '')}`]
      : assertionResults
          .filter((result) => result.status === 'failed')
          .map((result) => `${result.fullName} (${name})\n${firstLines(result.failureMessages?.join('\n') ?? '')}`),
  );
}

/** At most six lines of at most 200 characters. */
function firstLines(text: string): string {
  return text
    .split('\n', 6)
    .map((line) => `    ${line.slice(0, 200)}`)
    .join('\n');
}

/** The count from the output of cargo test. A run without a result counts as one failure. */
export function countCargo(output: string, ok: boolean): Count {
  const results = [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)];
  const sum = results.reduce(
    (count, [, passed, failed]) => add(count, { passed: Number(passed), failed: Number(failed) }),
    {
      passed: 0,
      failed: 0,
    },
  );
  return ok || sum.failed > 0 ? sum : add(sum, { passed: 0, failed: 1 });
}
