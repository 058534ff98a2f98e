import { Type } from 'typebox';
import { ConditionsSchema } from './condition.ts';

/** A CEL rule and the message a user reads when it fails. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** CEL for a message that quotes values; `message` is the fallback when it cannot be computed. */
  readonly messageExpression?: string;
  /** The invalid field, relative to the rule, e.g. `.genesisHash`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired';
}

/** The schema keyword that carries rules. */
export function rules(...list: readonly Rule[]) {
  return { 'x-kubernetes-validations': list };
}

/** An immutable string. `name` is the field's name, for the message. */
export function immutable(name: string): Rule {
  const { rule, message } = immutableNumber(name);
  return {
    rule,
    message,
    messageExpression: `'${name} was "' + oldSelf + '" and cannot be changed; make a new object instead'`,
  };
}

/** An immutable number. CEL costs `string(number)` as unbounded, so the message does not quote the old value. */
export function immutableNumber(name: string): Rule {
  return { rule: 'self == oldSelf', message: `${name} cannot be changed; make a new object instead` };
}

/** A field that may be set later, and is immutable from then on. */
export function immutableOnceSet(name: string): Rule {
  return {
    rule: `!has(oldSelf.${name}) || (has(self.${name}) && self.${name} == oldSelf.${name})`,
    message: `${name} cannot be changed once it is set`,
    messageExpression: `'${name} was "' + oldSelf.${name} + '" and cannot be changed once it is set'`,
    fieldPath: `.${name}`,
  };
}

/**
 * The form of a string, said twice: as a pattern, which editors and kubeconform understand, and as a rule, whose words
 * people understand. The API server answers with both. The whole string must match.
 */
export function form(matches: string, message: string, ...more: readonly Rule[]) {
  const pattern = `^(${matches})$`;
  return { pattern, ...rules({ rule: `self.matches('${pattern}')`, message }, ...more) };
}

/**
 * In an alternative of `oneOf`: the property must not be there. `required` for its opposite would be shorter, but of an
 * object that lacks something required the API server checks no rules, and it is the rules that have the good words.
 */
export const ABSENT = { not: {} } as const;

/** In an alternative of `oneOf`: the property must be there. */
export function present(property: string) {
  return { not: { properties: { [property]: ABSENT } } } as const;
}

/** A string of a given form. */
function formed(
  { matches, maxLength, words }: { readonly matches: string; readonly maxLength: number; readonly words: string },
  description: string,
  more: readonly Rule[],
) {
  return Type.String({ maxLength, description, ...form(matches, `must be ${words}`, ...more) });
}

/** `0x` and 64 lower-case hex digits: a hash, or a 32-byte public key. */
export function hex32(description: string, ...more: readonly Rule[]) {
  return formed(
    { matches: '0x[0-9a-f]{64}', maxLength: 66, words: '0x and 64 lower-case hex digits' },
    description,
    more,
  );
}

/** A u64 as a decimal string: JSON numbers are exact only to 2^53. */
export function u64String(description: string, ...more: readonly Rule[]) {
  return formed(
    { matches: '0|[1-9][0-9]{0,19}', maxLength: 20, words: 'a whole number, written as a string of digits' },
    description,
    more,
  );
}

const U128_MAX = `${2n ** 128n - 1n}`;

/** A u128 as a decimal string: a balance in the chain's smallest unit. */
export function u128String(description: string, ...more: readonly Rule[]) {
  return formed(
    {
      matches: '0|[1-9][0-9]{0,38}',
      maxLength: 39,
      words: "a whole number in the chain's smallest unit, written as a string of digits",
    },
    description,
    [{ rule: `self.size() < 39 || self <= '${U128_MAX}'`, message: `must be at most ${U128_MAX}` }, ...more],
  );
}

/** An account in SS58. The operator checks the checksum. */
export function account(description: string, ...more: readonly Rule[]) {
  return formed(
    { matches: '[1-9A-HJ-NP-Za-km-z]{46,50}', maxLength: 50, words: 'an account in SS58' },
    description,
    more,
  );
}

/** The name of a descriptor type on chain. */
export function descriptorTypeName(description: string, ...more: readonly Rule[]) {
  return formed(
    {
      matches: '[a-z0-9]([a-z0-9./_-]*[a-z0-9])?',
      maxLength: 64,
      words: 'the name of a descriptor type, for instance helm/v1: lower-case letters, digits and . / _ - between them',
    },
    description,
    more,
  );
}

/** The name of an object: an RFC 1123 subdomain. */
export function objectName(description: string, ...more: readonly Rule[]) {
  return formed(
    {
      matches: '[a-z0-9]([a-z0-9.-]*[a-z0-9])?',
      maxLength: 253,
      words: 'the name of an object: lower-case letters, digits and . - between them',
    },
    description,
    more,
  );
}

/** A URL of one of the given schemes, without credentials: those do not belong in a spec. */
export function url(schemes: readonly string[], description?: string) {
  return Type.String({
    maxLength: 512,
    pattern: `^(${schemes.join('|')})://[^@]+$`,
    ...(description !== undefined && { description }),
    ...rules({
      rule: `isURL(self) && url(self).getScheme() in [${schemes.map((scheme) => `'${scheme}'`).join(', ')}] && !self.contains('@')`,
      message: `must be a URL of ${schemes.map((scheme) => `${scheme}://`).join(' or ')} without user and password`,
    }),
  });
}

/** A whole number that fits a u32. */
export function u32(description: string) {
  return Type.Integer({ format: 'int64', minimum: 0, maximum: 4_294_967_295, description });
}

/** RFC 3339, UTC. */
export function timestamp(description: string) {
  return Type.String({ format: 'date-time', maxLength: 64, description });
}

/** A sentence for people. */
export function sentence(description: string) {
  return Type.String({ maxLength: 4096, description });
}

/** A reference by name to an object of the same namespace. */
export function localRef(description: string) {
  return Type.Object({ name: objectName('Name of the object, in the same namespace.') }, { description });
}

/** An immutable reference by name to an object of the same namespace. */
export function immutableRef(field: string, description: string) {
  return Type.Object(
    { name: objectName('Name of the object, in the same namespace.', immutable(`${field}.name`)) },
    { description },
  );
}

/** One key of a Secret of the same namespace. */
export function secretKeyRef(description: string, key: string, keyDescription: string) {
  return Type.Object(
    {
      name: objectName('Name of the Secret, in the same namespace.'),
      key: Type.String({
        pattern: '^[-._a-zA-Z0-9]+$',
        minLength: 1,
        maxLength: 253,
        default: key,
        description: keyDescription,
      }),
    },
    { description },
  );
}

/** A content-addressed reference and where to fetch it. */
export function contentRef(description: string) {
  return Type.Object(
    {
      hash: hex32('blake2-256 of the bytes.'),
      length: u32('Number of bytes.'),
      source: Type.Enum(['Preimage', 'Ipfs'], {
        description: '`Preimage`: noted on the chain. `Ipfs`: at a gateway, under the CID that follows from the hash.',
      }),
    },
    { description },
  );
}

/** Why a tenure ended, as on chain. */
export function endReason(description: string) {
  return Type.Object(
    {
      code: Type.Integer({ format: 'int32', minimum: 0, maximum: 65_535, description: 'Reason code on chain.' }),
      name: Type.String({ maxLength: 64, description: 'What the code stands for.' }),
    },
    { description },
  );
}

/** The part every status has. */
export const statusBasics = {
  observedGeneration: Type.Integer({
    format: 'int64',
    minimum: -1,
    description: 'The `metadata.generation` this status was computed for; -1 until the operator has seen the object.',
  }),
  conditions: Type.Optional(ConditionsSchema),
};

/** The echo of the annotation that requests a reconcile, as in Flux. */
export const lastHandledReconcileAt = Type.Optional(
  Type.String({
    maxLength: 256,
    description: 'The value of the annotation `dinfra.io/reconcile-requested-at` that was handled last.',
  }),
);

/** The default of every status: a new object is never mistaken for a reconciled one. */
export const statusDefault = { default: { observedGeneration: -1 } };
