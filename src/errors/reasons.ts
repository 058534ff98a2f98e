import type { FamiliesOf, Reasons } from './catalogue.ts';

/** A defect of the program itself has a reason too. */
export const ownReasons = {
  UnexpectedError: {
    family: 'retryable',
    summary: 'A fault of the operator itself.',
    remedy: 'Report it with the log lines of the object; it is tried again meanwhile.',
  },
} as const satisfies Reasons;

declare module './catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof ownReasons> {}
}
