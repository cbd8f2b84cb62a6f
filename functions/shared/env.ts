/**
 * Reads environment variables at cold start.
 * @throws Error naming every variable that is missing
 */
export const fromEnv = <Name extends string>(
  env: Readonly<Record<string, string | undefined>>,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> => {
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0)
    throw new Error(`Missing environment variable ${missing.join(', ')}: set it in template.yaml for this function.`);
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<Name, string>;
};
