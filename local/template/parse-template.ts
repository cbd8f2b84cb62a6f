import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import * as v from 'valibot';

const LONG_NAMES: Readonly<Record<string, string>> = { Ref: 'Ref', Condition: 'Condition' };
const FUNCTIONS = [
  'Ref',
  'Condition',
  'Sub',
  'GetAtt',
  'Join',
  'Select',
  'Split',
  'If',
  'Equals',
  'Not',
  'And',
  'Or',
  'FindInMap',
];

/** `!Sub x` is `{Fn::Sub: x}`: CloudFormation's short forms as YAML tags. */
const tags = FUNCTIONS.flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = LONG_NAMES[name] ?? `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: text }) },
    { tag: `!${name}`, collection: 'seq', resolve: (items) => ({ [key]: items.toJSON() as unknown }) },
  ];
});

const resourceSchema = v.looseObject({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
  Metadata: v.optional(v.record(v.string(), v.unknown())),
  Condition: v.optional(v.string()),
  DependsOn: v.optional(v.union([v.string(), v.array(v.string())])),
});

const templateSchema = v.looseObject({
  Parameters: v.optional(
    v.record(
      v.string(),
      v.looseObject({
        Type: v.string(),
        Default: v.optional(v.union([v.string(), v.number()])),
        AllowedValues: v.optional(v.array(v.union([v.string(), v.number()]))),
        AllowedPattern: v.optional(v.string()),
        MinValue: v.optional(v.number()),
        MaxValue: v.optional(v.number()),
      }),
    ),
    {},
  ),
  Conditions: v.optional(v.record(v.string(), v.unknown()), {}),
  Globals: v.optional(v.object({ Function: v.optional(v.record(v.string(), v.unknown()), {}) }), {}),
  Resources: v.record(v.string(), resourceSchema),
  Outputs: v.optional(v.record(v.string(), v.looseObject({ Value: v.unknown() })), {}),
});

export type Template = v.InferOutput<typeof templateSchema>;
export type TemplateResource = v.InferOutput<typeof resourceSchema>;

/** Something in the template is wrong, or cannot be honoured by local mode; the message names logical id and property. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * Reads a SAM template; intrinsic functions come in their long form, unresolved.
 * @throws TemplateError
 */
export const parseTemplate = (text: string): Template => {
  let document: unknown;
  try {
    document = parse(text, { customTags: tags, merge: true });
  } catch (error) {
    throw new TemplateError(`The template is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = v.safeParse(templateSchema, document);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new TemplateError(`${v.getDotPath(issue) ?? 'template'}: ${issue.message}`);
};
