/** An error in the form in which an AWS service returns it: `code` is the exception's name, `statusCode` the HTTP status. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
    /** What else the exception has, in the shape of the SDK. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
