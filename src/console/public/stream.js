/** Reads server-sent events out of text that arrives in any pieces. */
export const createSseParser = (onEvent) => {
  let rest = '';
  let id = '';
  let event = '';
  let data = [];

  const line = (text) => {
    if (text === '') {
      if (data.length > 0) onEvent({ id, type: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  };

  return {
    push(text) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop();
      for (const each of lines) line(each);
    },
    lastId: () => id,
  };
};

/** The server says something every 15 s; after this long in silence the connection is dead. */
const SILENCE_MS = 40_000;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 10_000;

/**
 * Follows the event stream until stopped, over fetch because EventSource cannot send a token. After a lost
 * connection it resumes behind the last id it saw, so nothing is missed and nothing comes twice.
 */
export const followStream = ({ token, onOpen, onEvent, onLost, onRefused }) => {
  let lastId = '';
  let delayMs = RETRY_MIN_MS;
  let stopped = false;
  let abort = new AbortController();
  let timer;

  const connect = async () => {
    timer = undefined;
    abort = new AbortController();
    let silence = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const headers = { authorization: `Bearer ${token}` };
      if (lastId !== '') headers['last-event-id'] = lastId;
      const response = await fetch('/api/v1/stream', { headers, signal: abort.signal });
      if (response.status === 401 || response.status === 403) {
        stopped = true;
        onRefused();
        return;
      }
      if (!response.ok) throw new Error(`status ${response.status}`);
      const parser = createSseParser((event) => onEvent(JSON.parse(event.data)));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let first = true;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE_MS);
        parser.push(value);
        lastId = parser.lastId() || lastId;
        delayMs = RETRY_MIN_MS;
        if (first) onOpen();
        first = false;
      }
    } catch {
      // Lost; told below.
    } finally {
      clearTimeout(silence);
    }
    if (stopped) return;
    onLost();
    timer = setTimeout(connect, delayMs);
    delayMs = Math.min(delayMs * 2, RETRY_MAX_MS);
  };

  void connect();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      abort.abort();
    },
    /** The network is back, or the page is looked at again: do not wait out the delay. */
    retryNow() {
      if (stopped || timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      delayMs = RETRY_MIN_MS;
      void connect();
    },
  };
};
