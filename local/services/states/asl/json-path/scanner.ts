/** A path or a call of an intrinsic function that cannot be used. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** Reads a text from left to right. */
export class Scanner {
  private at = 0;

  constructor(readonly text: string) {}

  get position(): number {
    return this.at;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** Takes what a sticky pattern matches here; undefined when it does not match. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  /** @throws JsonPathError when the pattern does not match here */
  expect(pattern: RegExp, what: string): RegExpExecArray {
    return this.take(pattern) ?? this.fail(`expected ${what}`);
  }

  /** @throws JsonPathError with the place */
  fail(problem: string): never {
    const rest = this.text.slice(this.at, this.at + 20);
    throw new JsonPathError(`${problem} at ${rest === '' ? 'the end' : `"${rest}"`}`);
  }
}

const QUOTED = /'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/sy;

/** A text in single or double quotes, in which a backslash escapes the next character; undefined for anything else. */
export const takeQuoted = (scanner: Scanner): string | undefined => {
  const match = scanner.take(QUOTED);
  return match && unescaped(match[1] ?? match[2] ?? '');
};

export const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1');
