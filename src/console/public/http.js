const STORED = 'fengsui.token';

/** A problem+json answer, or no answer at all (status 0). */
export class HttpError extends Error {
  constructor(status, detail, retryAfterS) {
    super(detail);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

export const token = () => localStorage.getItem(STORED);
export const forgetToken = () => localStorage.removeItem(STORED);

/** JSON (or a form) in, JSON out. Throws HttpError. */
export const request = async (path, { method = 'GET', body } = {}) => {
  const headers = {};
  const known = token();
  if (known !== null) headers.authorization = `Bearer ${known}`;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['content-type'] = 'application/json';
  const init = { method, headers, cache: 'no-store' };
  if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
  const response = await fetch(`/api/v1/${path}`, init).catch(() => {
    throw new HttpError(0, 'no answer');
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const faults = (answer.errors ?? []).map(({ message }) => message);
  const detail = [answer.detail ?? answer.title ?? response.statusText, ...faults].join('; ');
  throw new HttpError(response.status, detail, Number(response.headers.get('retry-after')) || 1);
};

/** Every item of a list, read a page at a time; `path` has a query. Throws HttpError. */
export const requestAll = async (path) => {
  const items = [];
  let cursor = '';
  do {
    const page = await request(`${path}&limit=500${cursor}`);
    items.push(...page.items);
    cursor = page.next === undefined ? '' : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== '');
  return items;
};

/** The bytes of a picture at an address the service gave: an <img> could not send the token. Throws HttpError. */
export const pictureBlob = async (url) => {
  const headers = { authorization: `Bearer ${token()}` };
  const response = await fetch(url, { headers }).catch(() => {
    throw new HttpError(0, 'no answer');
  });
  if (!response.ok) throw new HttpError(response.status, response.statusText);
  return response.blob();
};

export const login = async (username, password) => {
  forgetToken();
  const answer = await request('auth/login', { method: 'POST', body: { username, password } });
  localStorage.setItem(STORED, answer.token);
};
