/** What an operation returns: the command's output without the SDK's metadata. */
export type Output<T> = Omit<T, '$metadata'>;
