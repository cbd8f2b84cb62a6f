// dynalite has no types of its own. These are parts of its HTTP server; calling them directly saves a
// round trip and two serializations per request.

declare module 'dynalite/db' {
  export type LevelCallback = (error: unknown, value?: unknown) => void;
  export type LevelOperation =
    | { readonly type: 'put'; readonly key: string; readonly value: unknown }
    | { readonly type: 'del'; readonly key: string };
  /** The database of all tables: dynalite's actions call it through these properties. */
  export interface Level {
    readonly status: string;
    getSync(key: string): unknown;
    get: (key: string, callback?: LevelCallback | object) => unknown;
    put: (key: string, value: unknown, callback: LevelCallback) => void;
    del: (key: string, callback: LevelCallback) => void;
    batch(operations: readonly LevelOperation[], callback: LevelCallback): void;
  }
  export interface DynaliteStore {
    readonly db: Level;
    readonly tableDb: { awsAccountId: string; awsRegion: string };
    readonly lifecycleManager: { gracefulClose(callback: (error?: Error | null) => void): void };
  }
  const db: {
    create(options: {
      /** Of a LevelDB directory; in memory without it. */
      path?: string;
      /** Milliseconds in a transitional state. */
      createTableMs: number;
      updateTableMs: number;
      deleteTableMs: number;
    }): DynaliteStore;
    /** An error when the condition of a checked request does not hold for the item. */
    checkConditional(data: object, item: object | undefined): unknown;
    compare(comparison: string, left: object, right: object): boolean;
    capacityUnits(item: object | undefined, isRead: boolean, isConsistent: boolean): number;
  };
  export default db;
}

declare module 'dynalite/db/conditionParser' {
  export interface ParserContext {
    readonly attrNames?: Readonly<Record<string, string>>;
    readonly attrVals?: Readonly<Record<string, object>>;
    /** The parser deletes those that the expression uses. */
    readonly unusedAttrNames: Record<string, boolean>;
    readonly unusedAttrVals: Record<string, boolean>;
  }
  export interface ExpressionParser {
    /** @returns a message when the expression is invalid @throws SyntaxError */
    parse: (expression: string, options: { readonly context: ParserContext }) => unknown;
  }
  const parser: ExpressionParser;
  export default parser;
}

declare module 'dynalite/db/updateParser' {
  import type { ExpressionParser } from 'dynalite/db/conditionParser';
  const parser: ExpressionParser;
  export default parser;
}

declare module 'dynalite/validations' {
  const validations: {
    checkTypes(data: object, types: object): Record<string, unknown>;
    checkValidations(data: object, types: object, custom: unknown, store: object): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { readonly types: object; readonly custom?: unknown };
  export default validation;
}

declare module 'dynalite/actions/*' {
  const action: (store: object, data: object, callback: (error: unknown, output?: unknown) => void) => void;
  export default action;
}
