// dynalite has no types of its own. These are parts of its HTTP server; calling them directly saves a
// round trip and two serializations per request.

declare module 'dynalite/db' {
  interface DynaliteStore {
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
    capacityUnits(item: object | undefined, isRead: boolean, isConsistent: boolean): number;
  };
  export default db;
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
