export type ServerSentEvent = { id: string | undefined; type: string; data: string };

/** One block between blank lines, as the WHATWG HTML standard reads it; a block without data is no event. */
const parseBlock = (block: string): ServerSentEvent => {
  const event: ServerSentEvent = { id: undefined, type: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'id') event.id = value;
    else if (field === 'event') event.type = value;
    else if (field === 'data') data.push(value);
  }
  event.data = data.join('\n');
  return event;
};

/**
 * The events of an open stream. Blocks without data are given too, because the service moves the resume
 * position with them. Ends when the server does; throws when the connection breaks.
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
    text = blocks.pop() ?? '';
    for (const block of blocks) yield parseBlock(block);
  }
}
