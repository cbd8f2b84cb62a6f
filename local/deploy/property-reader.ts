import { TemplateError } from '../template/parse-template';

/**
 * Reads the properties of one resource and remembers which. What nobody read is what local mode does not honour: `finish`
 * refuses it, so that a template never means less here than on AWS without anybody noticing.
 */
export class PropertyReader {
  private readonly read = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly properties: Readonly<Record<string, unknown>>,
  ) {}

  problem(property: string, message: string): TemplateError {
    return new TemplateError(`${this.path}.${property}: ${message}`);
  }

  optional(property: string): unknown {
    this.read.add(property);
    return this.properties[property];
  }

  required(property: string): unknown {
    const value = this.optional(property);
    if (value === undefined) throw this.problem(property, 'is missing.');
    return value;
  }

  text(property: string): string {
    const value = this.required(property);
    if (typeof value !== 'string') throw this.problem(property, 'must be text.');
    return value;
  }

  optionalText(property: string): string | undefined {
    return this.optional(property) === undefined ? undefined : this.text(property);
  }

  number(property: string, fallback: number): number {
    const value = this.optional(property) ?? fallback;
    const number = Number(value);
    if (Number.isNaN(number)) throw this.problem(property, 'must be a number.');
    return number;
  }

  object(property: string): PropertyReader {
    return new PropertyReader(`${this.path}.${property}`, this.record(property));
  }

  optionalObject(property: string): PropertyReader | undefined {
    return this.optional(property) === undefined ? undefined : this.object(property);
  }

  /** A map with free keys. */
  record(property: string): Readonly<Record<string, unknown>> {
    const value = this.required(property);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.problem(property, 'must be an object.');
    return Object.fromEntries(Object.entries(value));
  }

  texts(property: string): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.record(property)).map(([key, value]) => [key, String(value)]));
  }

  list(property: string): readonly unknown[] {
    const value = this.required(property);
    if (!Array.isArray(value)) throw this.problem(property, 'must be a list.');
    return value;
  }

  objects(property: string): readonly PropertyReader[] {
    return this.list(property).map((value, index) => {
      if (typeof value !== 'object' || value === null)
        throw this.problem(`${property}[${index}]`, 'must be an object.');
      return new PropertyReader(`${this.path}.${property}[${index}]`, Object.fromEntries(Object.entries(value)));
    });
  }

  keys(): readonly string[] {
    return Object.keys(this.properties);
  }

  /** Properties that have no meaning on a laptop: encryption, tags, tracing, backups, … */
  meaningless(...properties: readonly string[]): this {
    for (const property of properties) this.read.add(property);
    return this;
  }

  /** @throws TemplateError naming the first property that nobody read */
  finish(): void {
    const unread = this.keys().find((property) => !this.read.has(property));
    if (unread !== undefined) throw this.problem(unread, 'local mode cannot honour this property.');
  }
}
