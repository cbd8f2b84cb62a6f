/** The message names the flag and the values it accepts. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
