import * as v from 'valibot';
import type { PolicyDocument } from '../services/iam/authorizer';
import type { PropertyReader } from './property-reader';

const texts = v.union([v.string(), v.array(v.string())]);
const documentSchema = v.object({
  Version: v.optional(v.literal('2012-10-17')),
  Statement: v.array(
    v.strictObject({
      Sid: v.optional(v.string()),
      Effect: v.picklist(['Allow', 'Deny']),
      Action: texts,
      Resource: texts,
    }),
  ),
});

/**
 * Documents of a role's inline policies.
 * @throws TemplateError for anything local mode cannot enforce: conditions, NotAction
 */
export const parsePolicies = (properties: PropertyReader, property: string): readonly PolicyDocument[] => {
  if (properties.optional(property) === undefined) return [];
  return properties.objects(property).map((policy) => {
    const parsed = v.safeParse(documentSchema, policy.required('PolicyDocument'));
    if (!parsed.success)
      throw policy.problem(
        v.getDotPath(parsed.issues[0]) ?? 'Statement',
        `local mode cannot enforce this policy: ${parsed.issues[0].message}`,
      );
    return parsed.output;
  });
};
