/** dateTime of TR-106: whole seconds, UTC. */
export const dateTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
