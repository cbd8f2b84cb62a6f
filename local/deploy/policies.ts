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
 * Policy documents in a list of policies: SAM's (documents) or IAM's (`{PolicyName, PolicyDocument}`).
 * @throws TemplateError for anything local mode cannot enforce: conditions, NotAction, managed policies
 */
export const parsePolicies = (properties: PropertyReader, property: string): readonly PolicyDocument[] => {
  if (properties.optional(property) === undefined) return [];
  return properties.objects(property).map((policy) => {
    const inline = policy.optional('PolicyDocument');
    const document = inline ?? { Version: policy.optional('Version'), Statement: policy.optional('Statement') };
    const parsed = v.safeParse(documentSchema, document);
    if (!parsed.success)
      throw policy.problem(
        v.getDotPath(parsed.issues[0]) ?? 'Statement',
        `local mode cannot enforce this policy: ${parsed.issues[0].message}`,
      );
    return parsed.output;
  });
};
