/** A data directory that cannot be used, and what to do about it. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}
