/** A state machine definition with its DefinitionSubstitutions made. @param valueOf may throw for a name that it does not know */
export const substituted = (definition: string, valueOf: (name: string) => string): string =>
  definition.replace(/\$\{(\w+)\}/g, (_, name: string) => valueOf(name));
