/** An error in CloudStack's form: HTTP status and `errorcode` are the same number. */
export class ApiError extends Error {
  readonly code: number;
  readonly csCode: number | undefined;
  /** The top-level key to answer under, when it is not the command's. */
  readonly envelope: string | undefined;
  readonly uuidList: readonly object[];

  constructor(
    code: number,
    csCode: number | undefined,
    message: string,
    more: { envelope?: string; uuidList?: readonly object[] } = {},
  ) {
    super(message);
    this.code = code;
    this.csCode = csCode;
    this.envelope = more.envelope;
    this.uuidList = more.uuidList ?? [];
  }
}

/** 431 with the code of an invalid parameter. */
export function invalid(message: string): ApiError {
  return new ApiError(431, 4350, message);
}

/** 431 with the generic code, as from parameter decoding. */
export function badParameter(message: string): ApiError {
  return new ApiError(431, 9999, message);
}

/** 530: also CloudStack's response to caller errors it does not handle. */
export function internal(
  message = 'Internal error executing command, please contact your system administrator',
): ApiError {
  return new ApiError(530, 4250, message);
}

/** 531. */
export function denied(message: string): ApiError {
  return new ApiError(531, 4365, message);
}
