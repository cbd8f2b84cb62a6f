declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** An in-memory DynamoDB server; times are milliseconds a table stays in a transitional state. */
  export default function dynalite(options: {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
