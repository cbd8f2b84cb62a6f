const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

/** One XML element around text or other elements (which are given as XML already). */
export const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

export const textElement = (name: string, text: unknown): string =>
  element(name, escape(text instanceof Date ? text.toISOString() : String(text)));
