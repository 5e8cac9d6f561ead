import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consoleRoutes } from '../../../src/console/index.ts';
import { packageFile } from '../../../src/shared/package-root.ts';
import { createTestApp } from '../api/test-app.ts';

type SseEvent = { id: string; type: string; data: string };
type Parser = { push(text: string): void; lastId(): string };
type AgeTexts = Record<'minutes' | 'hours' | 'days', (n: number) => string> & { now: string };

const folder = packageFile('src/console/public');
const files = readdirSync(folder);
const source = (file: string): string => readFileSync(join(folder, file), 'utf8');
// The page is plain JavaScript, so its types are said here.
const { createSseParser } = (await import(join(folder, 'stream.js'))) as {
  createSseParser: (onEvent: (event: SseEvent) => void) => Parser;
};
const { condense } = (await import(join(folder, 'timeline.js'))) as {
  condense: (events: { id: number; type: string }[]) => { event: { id: number }; count: number }[];
};
const format = (await import(join(folder, 'format.js'))) as {
  age: (iso: string, now: number, texts: AgeTexts) => string;
  distance: (m: number) => string;
  error: (ellipse: { semiMajorM: number; semiMinorM: number }) => string;
  compass: (azimuthDeg: number, names: readonly string[]) => string;
};

describe('the page', () => {
  it('is served at / with its files, checked for news each time, and asks nobody else for anything', async () => {
    const app = await createTestApp({ rootRoutes: [consoleRoutes()] });
    const page = await app.inject('/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['cache-control']).toBe('no-cache');
    for (const file of files) {
      const answer = await app.inject(`/${file}`);
      expect([file, answer.statusCode]).toEqual([file, 200]);
      expect(answer.body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    }
    expect((await app.inject('/pilot')).body).toBe(source('pilot.html'));
    expect((await app.inject('/nothing.js')).statusCode).toBe(404);
    expect((await app.inject('/../package.json')).statusCode).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/nothing' })).statusCode).toBe(404);
  });

  it('has no script or style inside, which its own policy would refuse, and never writes markup', () => {
    for (const page of ['index.html', 'pilot.html']) {
      expect(source(page)).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
    }
    const scripts = files.filter((file) => file.endsWith('.js')).map(source);
    expect(scripts.join('\n')).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|eval\(/);
  });
});

describe('the event reader', () => {
  const read = (pieces: readonly string[]): { events: SseEvent[]; lastId: string } => {
    const events: SseEvent[] = [];
    const parser = createSseParser((event) => events.push(event));
    for (const piece of pieces) parser.push(piece);
    return { events, lastId: parser.lastId() };
  };
  const text =
    'retry: 2000\nid: 6\n\nid: 7\nevent: opened\ndata: {"火":1}\n\n: keep-alive\nid: 9\n\ndata: a\ndata: b\n\nid: 10\nevent: cut';

  it('reads events, and moves the id on without one', () => {
    expect(read([text])).toEqual({
      events: [
        { id: '7', type: 'opened', data: '{"火":1}' },
        { id: '9', type: 'message', data: 'a\nb' },
      ],
      lastId: '10',
    });
  });

  it('reads the same however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
        const ends = [...cuts, text.length].toSorted((a, b) => a - b);
        const pieces = ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
        expect(read(pieces)).toEqual(read([text]));
      }),
    );
  });
});

describe('the timeline', () => {
  it('folds what every frame brings, and keeps each act of a person', () => {
    const types =
      'opened notified detection_added fix_updated detection_added acknowledged detection_added';
    const events = types.split(' ').map((type, i) => ({ id: i + 1, type }));
    const rows = condense(events).map(({ event, count }) => [event.id, count]);
    expect(rows).toEqual([
      [1, 1],
      [2, 1],
      [5, 2],
      [4, 1],
      [6, 1],
      [7, 1],
    ]);
  });
});

describe('what people read', () => {
  const texts: AgeTexts = {
    now: 'now',
    minutes: (n) => `${String(n)} min`,
    hours: (n) => `${String(n)} h`,
    days: (n) => `${String(n)} d`,
  };
  const now = Date.parse('2026-03-05T12:00:00Z');

  it.each([
    ['2026-03-05T12:00:30Z', 'now'],
    ['2026-03-05T11:59:01Z', 'now'],
    ['2026-03-05T11:01:00Z', '59 min'],
    ['2026-03-05T11:00:00Z', '1 h'],
    ['2026-03-03T11:00:00Z', '2 d'],
  ])('age of %s is %s', (iso, expected) => {
    expect(format.age(iso, now, texts)).toBe(expected);
  });

  it('distances and errors', () => {
    expect([999, 1500, 15_400].map(format.distance)).toEqual(['999 m', '1.5 km', '15 km']);
    expect(format.error({ semiMajorM: 200, semiMinorM: 150 })).toBe('±200 m');
    expect(format.error({ semiMajorM: 7400, semiMinorM: 90 })).toBe('±7.4 km × 90 m');
  });

  it('compass points wrap at north', () => {
    const names = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];
    expect([0, 22, 23, 180, 337, 338, 360].map((deg) => format.compass(deg, names))).toEqual([
      'N',
      'N',
      'NE',
      'S',
      'NW',
      'N',
      'N',
    ]);
  });
});
