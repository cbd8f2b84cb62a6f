/** What a campaign injects. The name is for `--only` and `--without`. */
export const KINDS = {
  repeat: 'an event, a rule or a QoS 1 message is delivered two or three times',
  delay: 'an event, a rule or a message to a device comes up to three seconds late, and so in any order',
  throttle: 'a service refuses a call because of its rate, with its own error',
  'server-error': 'a service answers 5xx, before or after the call takes effect',
  'no-answer': 'the connection of a call breaks, before or after the call takes effect',
  timeout: 'a call of a function is never answered, before or after it takes effect: the function times out',
  exit: 'the runtime of a function ends at one of its calls, before or after the call takes effect',
  'cold-start': 'an invocation finds a new runtime',
} as const satisfies { readonly [name: string]: string };

export type Kind = keyof typeof KINDS;

export const ALL_KINDS = Object.keys(KINDS) as readonly Kind[];

/** Whether a kind has this name. */
export const isKind = (name: string): name is Kind => Object.hasOwn(KINDS, name);

/** What `--only list` prints: one line per kind. */
export const KIND_LIST = Object.entries(KINDS)
  .map(([name, description]) => `${name.padEnd(14)}${description}`)
  .join('\n');
