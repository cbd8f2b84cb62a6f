/** The token of this start of the server. It came behind the # of the address, which browsers never send anywhere. */
const KEY = 'wme-console-token';

/** @returns whether the address had one */
const takeToken = (): boolean => {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return false;
  // Of this origin only, port included; worthless once the server has ended.
  localStorage.setItem(KEY, given);
  // Not into the history, nor into an address that somebody copies.
  history.replaceState(null, '', '#/');
  return true;
};

takeToken();
const token = localStorage.getItem(KEY) ?? '';
// The address of another start, opened in the same tab: browsers do not load the page for what is behind the #.
addEventListener('hashchange', () => takeToken() && location.reload());

export const authorization = (): Readonly<Record<string, string>> => ({ Authorization: `Bearer ${token}` });

/** The server refuses or cannot do what was asked for; the message says why. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** @throws ServerError */
export const refusalOf = async (response: Response): Promise<ServerError> => {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string')
      return new ServerError(response.status, body.message);
  } catch {
    // Not of the server itself.
  }
  return new ServerError(response.status, `The server answered with status ${response.status}.`);
};
