import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of descriptors that are translated into other ones. */
export const blueprintReasons = {
  ComposeInvalid: {
    family: 'terminal',
    summary: 'The compose file of the descriptor is not valid.',
    remedy: 'Run docker compose config on the file, correct it and subscribe again.',
    chainCode: 10_220,
  },
  ComposeUnsupported: {
    family: 'terminal',
    summary: 'The compose file needs something that a new VM does not have.',
    remedy: 'Change what the message names and subscribe again. docs/compose.md lists what is not supported, and why.',
    chainCode: 10_221,
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof blueprintReasons> {}
}
