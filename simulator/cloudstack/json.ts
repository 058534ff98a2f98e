/** A JSON object on its way to the client. */
export type Json = { [key: string]: unknown };
