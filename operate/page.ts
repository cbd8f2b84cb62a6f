/** A part of a list; the rest follows with the token, if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

export interface PageRequest {
  /** The most items of the page. */
  readonly limit?: number;
  readonly nextToken?: string;
}

export const pageOf = <T>(items: readonly T[], nextToken: string | undefined): Page<T> => ({
  items,
  ...(nextToken !== undefined && { nextToken }),
});
