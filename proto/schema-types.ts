/** Field number, name in lowerCamelCase, type (scalar, message or enum), and its oneof, "repeated" or "map". */
export type FieldRow = readonly [number: number, name: string, type: string, rule?: string];
