import * as v from 'valibot';

/** What a job document may say about the firmware beyond its version; JobsCreateJob writes it, people may, too. */
const wishesSchema = v.object({
  firmware: v.optional(
    v.object({
      url: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/, 'must be an http(s) URL'))),
      fileSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      checkSumAlgorithm: v.optional(v.picklist(['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'])),
      checkSum: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{40,128}$/, 'must be hexadecimal'))),
      credentialsSecret: v.optional(v.pipe(v.string(), v.nonEmpty())),
    }),
    {},
  ),
  activation: v.optional(v.object({ mode: v.picklist(['IMMEDIATELY', 'WINDOW']) }), { mode: 'IMMEDIATELY' }),
  allowDowngrade: v.optional(v.boolean(), false),
});

export type Wishes = v.InferOutput<typeof wishesSchema>;

/** @returns the wishes, or what is wrong with them */
export const wishesIn = (jobDocument: unknown): { readonly wishes: Wishes } | { readonly problem: string } => {
  const parsed = v.safeParse(wishesSchema, jobDocument);
  if (parsed.success) return { wishes: parsed.output };
  return { problem: parsed.issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`).join('; ') };
};
