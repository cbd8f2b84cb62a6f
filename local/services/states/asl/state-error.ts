/** An error of a state, which Retry and Catch can handle. */
export class StateError extends Error {
  constructor(
    /** The error's name, such as `States.Timeout`. */
    readonly error: string,
    readonly errorCause?: string,
  ) {
    super(`${error}: ${errorCause ?? ''}`);
    this.name = 'StateError';
  }

  /** The error output of a Catch. It always has a Cause; that of a time-out is empty. */
  get output(): { readonly Error: string; readonly Cause: string } {
    return { Error: this.error, Cause: this.errorCause ?? '' };
  }
}

/** A definition or data problem; States.ALL does not match it (https://states-language.net/#error-names). */
export const runtimeError = (cause: string): StateError => new StateError('States.Runtime', cause);
