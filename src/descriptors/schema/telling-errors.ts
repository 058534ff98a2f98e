/** An error of a document against a schema, as reported by typebox. */
export interface SchemaError {
  readonly keyword: string;
  /** Where in the schema: `#/properties/a`. References are followed silently. */
  readonly schemaPath: string;
  /** Where in the document, as a JSON pointer. */
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** Keywords with alternatives. */
const ALTERNATIVES = ['oneOf', 'anyOf'];

/**
 * The errors that an author has to correct, without those that only repeat others. Of alternatives, only the errors of
 * the nearest match are kept: it is the one that the author most likely meant.
 */
export function tellingErrors(errors: readonly SchemaError[]): readonly SchemaError[] {
  const telling = errors.filter((error) => !errors.some((other) => isDetailOf(error, other)));
  const choices = telling.filter(({ keyword }) => ALTERNATIVES.includes(keyword));
  const within = (error: SchemaError) => choices.find((choice) => branchOf(choice, error) !== undefined);
  return telling.flatMap((error) => {
    if (within(error) !== undefined) return [];
    return choices.includes(error) ? nearestOf(error, branchesOf(error, telling)) : [error];
  });
}

type Branch = readonly SchemaError[];

function nearestOf(choice: SchemaError, branches: readonly Branch[]): readonly SchemaError[] {
  const apt = branches.filter((branch) => !branch.some((error) => excludes(choice, error)));
  // Fewest unknown fields first, because they indicate best which alternative was meant. Then fewest errors.
  const [nearest] = apt.toSorted((one, other) => unknownIn(one) - unknownIn(other) || one.length - other.length);
  return nearest === undefined ? [anotherType(choice, branches) ?? choice] : tellingErrors(nearest);
}

function unknownIn(branch: Branch): number {
  return branch.filter(({ keyword }) => keyword === 'boolean').length;
}

/** If every alternative has another type than the value: one error with all these types. */
function anotherType(choice: SchemaError, branches: readonly Branch[]): SchemaError | undefined {
  const errors = branches.map((branch) => branch.find((error) => isTypeOf(choice, error)));
  const types = errors.flatMap(
    (error) => (error?.params as { readonly type?: string | readonly string[] })?.type ?? [],
  );
  const [first] = errors;
  return first === undefined || errors.includes(undefined)
    ? undefined
    : { ...first, params: { type: [...new Set(types)] } };
}

/** True for summary errors, because each disallowed property or name has its own error. */
function isDetailOf(error: SchemaError, other: SchemaError): boolean {
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return other.schemaPath.startsWith(`${error.schemaPath}/${error.keyword}`);
    default:
      return other.keyword === 'propertyNames' && error.schemaPath.startsWith(`${other.schemaPath}/propertyNames`);
  }
}

/** The number of the alternative that an error belongs to; undefined if it belongs to none. */
function branchOf(choice: SchemaError, error: SchemaError): string | undefined {
  const prefix = `${choice.schemaPath}/${choice.keyword}/`;
  if (!error.schemaPath.startsWith(prefix) || !error.instancePath.startsWith(choice.instancePath)) return undefined;
  return error.schemaPath.slice(prefix.length).split('/', 1)[0];
}

function branchesOf(choice: SchemaError, errors: readonly SchemaError[]): readonly Branch[] {
  const branches = new Map<string, SchemaError[]>();
  for (const error of errors) {
    const branch = branchOf(choice, error);
    if (branch === undefined) continue;
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  return [...branches.values()];
}

/** Whether an error rules out its alternative: another type, or another tag. */
function excludes(choice: SchemaError, error: SchemaError): boolean {
  const depth = (at: SchemaError) => at.instancePath.split('/').length;
  return isTypeOf(choice, error) || (error.keyword === 'const' && depth(error) === depth(choice) + 1);
}

function isTypeOf(choice: SchemaError, error: SchemaError): boolean {
  return error.keyword === 'type' && error.instancePath === choice.instancePath;
}
