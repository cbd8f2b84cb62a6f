import * as v from 'valibot';
import { fields, matching, oneOf, text, wholeNumber } from './fields';

const DIGEST_LENGTHS = { 'SHA-1': 40, 'SHA-224': 56, 'SHA-256': 64, 'SHA-384': 96, 'SHA-512': 128 } as const;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html; an empty value is no value. */
const attributeName = matching(
  /^[a-zA-Z0-9_.,@/:#-]{1,128}$/,
  'must be the name of a thing attribute: letters, digits or _ . , @ / : # -',
);
const attributeValue = matching(
  /^[a-zA-Z0-9_.,@/:#=[\]-]{1,800}$/,
  'must be the value of a thing attribute: letters, digits or _ . , @ / : # = [ ] -',
);

/** The devices that can run the firmware: all that is named must hold; of several values of an attribute, one. */
const compatibleWithSchema = v.pipe(
  fields({
    thingTypeName: v.optional(
      matching(/^[a-zA-Z0-9:_-]{1,128}$/, 'must be the name of a thing type: letters, digits or : _ -'),
    ),
    attributes: v.optional(
      v.pipe(
        v.record(
          attributeName,
          v.union(
            [attributeValue, v.pipe(v.array(attributeValue), v.minLength(1, 'must have at least one value'))],
            'must be a value of a thing attribute, or a list of them',
          ),
          'must be an object',
        ),
        v.check((attributes) => Object.keys(attributes).length > 0, 'must name an attribute'),
      ),
    ),
  }),
  v.check((compatible) => Object.keys(compatible).length > 0, 'must have thingTypeName, attributes or both'),
);

export type CompatibleWith = v.InferOutput<typeof compatibleWithSchema>;

/** What to download, and from where, when it is not the deployment's default; and which devices can run it. */
export const firmwareSchema = v.pipe(
  fields({
    url: v.optional(matching(/^https?:\/\/\S{1,1900}$/, 'must be an http(s) URL')),
    fileSize: v.optional(wholeNumber(1)),
    checkSumAlgorithm: v.optional(oneOf('SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512')),
    checkSum: v.optional(v.pipe(text, v.regex(/^[0-9A-Fa-f]+$/, 'must be hexadecimal'))),
    credentialsSecret: v.optional(matching(/^[A-Za-z0-9/_+=.@-]{1,512}$/, 'must be the name of a secret')),
    compatibleWith: v.optional(compatibleWithSchema),
  }),
  v.check(
    ({ checkSumAlgorithm, checkSum }) =>
      checkSumAlgorithm === undefined ? checkSum === undefined : checkSum?.length === DIGEST_LENGTHS[checkSumAlgorithm],
    'must have checkSumAlgorithm and checkSum together, of the right length',
  ),
);
