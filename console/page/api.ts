import { authorization, refusalOf } from './session';

/**
 * Asks the server to do something.
 * @returns its answer, as the server of the same start says it
 * @throws ServerError with the reason
 */
export const post = async <T>(path: string, body: unknown): Promise<T> => {
  const response = await fetch(`api/${path}`, {
    method: 'POST',
    headers: { ...authorization(), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as T;
};
