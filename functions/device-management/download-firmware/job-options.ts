import * as v from 'valibot';

/** A value or several, as a list. */
const oneOrMore = v.pipe(
  v.union([v.string(), v.pipe(v.array(v.string()), v.nonEmpty())]),
  v.transform((values) => (typeof values === 'string' ? [values] : values)),
);

/** What a job document may say about the firmware beyond its version; JobsCreateJob checks it, but a job may be created without it. */
const jobOptionsSchema = v.object({
  firmware: v.optional(
    v.object({
      url: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/, 'must be an http(s) URL'))),
      fileSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      checkSumAlgorithm: v.optional(v.picklist(['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'])),
      checkSum: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{40,128}$/, 'must be hexadecimal'))),
      credentialsSecret: v.optional(v.pipe(v.string(), v.nonEmpty())),
      /** Which devices can run it: all that is named must hold; of several values of an attribute, one. */
      compatibleWith: v.optional(
        v.object({
          thingTypeName: v.optional(v.pipe(v.string(), v.nonEmpty())),
          attributes: v.optional(v.record(v.string(), oneOrMore)),
        }),
      ),
    }),
    {},
  ),
  activation: v.optional(v.object({ mode: v.picklist(['IMMEDIATELY', 'WINDOW']) }), { mode: 'IMMEDIATELY' }),
  allowDowngrade: v.optional(v.boolean(), false),
});

export type JobOptions = v.InferOutput<typeof jobOptionsSchema>;

/** @returns the options, or what is wrong with them */
export const jobOptionsIn = (jobDocument: unknown): { readonly options: JobOptions } | { readonly problem: string } => {
  const parsed = v.safeParse(jobOptionsSchema, jobDocument);
  if (parsed.success) return { options: parsed.output };
  return { problem: parsed.issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`).join('; ') };
};
