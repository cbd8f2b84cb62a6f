/** What an operation answers: the command's output without the SDK's own metadata. */
export type Output<T> = Omit<T, '$metadata'>;
