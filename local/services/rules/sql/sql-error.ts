/** A statement that cannot be parsed: the problem, the character (1-based), and the text around it. */
export class SqlError extends Error {
  constructor(problem: string, sql: string, offset: number) {
    const near = sql.slice(Math.max(0, offset - 20), offset + 20).replace(/\s+/g, ' ');
    super(`${problem} at character ${offset + 1}, near "${near}"`);
    this.name = 'SqlError';
  }
}
