import { describe, expect, it } from 'vitest';
import { demoEnv, demoSeed, isLoopback, localUrl } from '../../../src/demo/demo-env.ts';
import { fixText } from '../../../src/demo/fix-text.ts';
import { createProgress } from '../../../src/demo/progress.ts';
import {
  readServerSentEvents,
  type ServerSentEvent,
} from '../../../src/demo/server-sent-events.ts';
import { withoutCredentials } from '../../../src/demo/simulator.ts';
import {
  changeText,
  incidentText,
  messagesText,
  nearbyText,
  type StoryContext,
  upgradeText,
} from '../../../src/demo/story-text.ts';
import { isNotable } from '../../../src/demo/tell-incidents.ts';
import { AppError } from '../../../src/shared/app-error.ts';
import { FixMethodSchema } from '../../../src/shared/geo.ts';

const incident = {
  id: 'i',
  number: '431028102-20260405-001',
  status: 'reported',
  confidence: 0.861,
  alertLevel: 'strong',
  fix: {
    lon: 113.57,
    lat: 26.54,
    method: 'fused',
    ellipse: { semiMajorM: 214, semiMinorM: 80 },
  },
  detectionCount: 4,
  sources: ['cam-017', 'cam-047'],
};
const context = (locale: 'zh-CN' | 'en'): StoryContext => ({
  locale,
  fire: [113.57, 26.541],
  placeAt: () => '龙海镇',
  sourceName: (id) => id.toUpperCase(),
});

describe('the story in the terminal', () => {
  it('tells number, place, coordinates, radius, sources and how far off it is', () => {
    const text = incidentText(incident, context('zh-CN'));
    for (const part of [
      '火情，86 %',
      '431028102-20260405-001',
      '龙海镇',
      '113.57000°E 26.54000°N',
      '±214 m × 80 m',
      'CAM-017、CAM-047',
      '距真实火点 111 m',
    ]) {
      expect(text).toContain(part);
    }
    expect(incidentText(incident, context('en'))).toContain('111 m from the true fire');
    expect(changeText(incident, context('en'))).toContain(
      'strong, 86 %: 4 detections from 2 sources',
    );
    expect(changeText(incident, context('zh-CN'))).toContain('待确认');
    expect(upgradeText(incident, 'en')).toContain('upgraded to strong: 2 sources agree');
    expect(upgradeText(incident, 'zh-CN')).toContain('升级为火情：2 个来源');
  });

  it('says in words what makes a fix worse, and what it still promises', () => {
    const fix = {
      ...incident.fix,
      method: 'bearing',
      flags: ['hidden_base', 'a_later_flag'],
      rangeMinM: 3_210,
    };
    expect(fixText(fix, 'en')).toBe(
      '±214 m × 80 m (95 %, azimuth only; base hidden behind a ridge, at least 3.2 km)',
    );
    expect(fixText(fix, 'zh-CN')).toBe(
      '±214 m × 80 m（95 %，仅有方位；火点被山脊遮挡，至少 3.2 km）',
    );
  });

  it.each(FixMethodSchema.anyOf.map((method) => method.const))(
    'has words for the method %s',
    (method) => {
      expect(fixText({ ...incident.fix, method }, 'en')).not.toMatch(new RegExp(`, ${method}\\)`));
      expect(fixText({ ...incident.fix, method }, 'zh-CN')).not.toContain(method);
    },
  );

  it('lists what is nearby, a line a kind, water first, with distance and direction', () => {
    const items = [
      { kind: 'crew', name: '龙海镇扑火队', distanceM: 0, azimuthDeg: 0 },
      { kind: 'novelty', name: '某物', distanceM: 5, azimuthDeg: 0 },
      { kind: 'water', name: '1号水塘', distanceM: 320, azimuthDeg: 44 },
      { kind: 'water', name: '2号溪', distanceM: 1_240, azimuthDeg: 350 },
    ];
    expect(nearbyText('N', items, 'zh-CN').split('\n')).toEqual([
      '附近 N',
      '  水源  1号水塘 320 m 东北；2号溪 1.2 km 北',
      '  扑火队  龙海镇扑火队 0 m 北',
      '  novelty  某物 5 m 北',
    ]);
  });

  it('shows each SMS text once, with all it went to, and no other channel', () => {
    const sms = { channel: 'sms', text: '【烽燧】火情' };
    const messages = [
      { ...sms, address: '+8619900000001' },
      { ...sms, address: '+8619900000002' },
      { channel: 'app', address: 'p', text: 'app' },
    ];
    expect(messagesText('N', messages, 'zh-CN').split('\n')).toEqual([
      '短信 N',
      '  → +8619900000001, +8619900000002',
      '    【烽燧】火情',
    ]);
  });

  it('takes a change as worth a line when status, sources, method or size change', () => {
    const { fix } = incident;
    const sized = (semiMajorM: number) => ({
      ...incident,
      fix: { ...fix, ellipse: { ...fix.ellipse, semiMajorM } },
    });
    expect(isNotable(incident, { ...incident, detectionCount: 5 })).toBe(false);
    expect(isNotable(incident, sized(200))).toBe(false);
    expect(isNotable(incident, sized(150))).toBe(true);
    expect(isNotable(incident, { ...incident, status: 'acknowledged' })).toBe(true);
    expect(isNotable(incident, { ...incident, sources: ['cam-017'] })).toBe(true);
  });
});

describe('the progress line', () => {
  const shown = (isTty: boolean, total: number): string[] => {
    const lines: string[] = [];
    const progress = createProgress({
      label: 'Loading',
      total,
      isTty,
      print: (text) => lines.push(text),
    });
    for (let i = 0; i < total; i++) progress.step();
    return lines;
  };

  it('is one line that updates on a terminal, ending when all is done', () => {
    const lines = shown(true, 50);
    expect(lines).toHaveLength(50);
    expect(lines.filter((line) => line.includes('\n'))).toHaveLength(1);
    expect(lines.at(-1)).toBe(`\rLoading [${'#'.repeat(24)}] 50/50 100 %\n`);
  });

  it('is a line each tenth elsewhere', () => {
    const lines = shown(false, 247);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('Loading 247/247 100 %\n');
  });
});

describe('server-sent events', () => {
  const read = async (chunks: string[]) => {
    const encoder = new TextEncoder();
    const body = (async function* () {
      for (const chunk of chunks) yield encoder.encode(chunk);
    })();
    const events: ServerSentEvent[] = [];
    for await (const event of readServerSentEvents(body)) events.push(event);
    return events;
  };

  it('are put together however the stream was cut', async () => {
    const text = 'retry: 2000\nid: 5\n\nid: 6\nevent: opened\ndata: {"名":\ndata: 1}\n\n: beat\n\n';
    const whole = await read([text]);
    expect(whole.map(({ id, type, data }) => [id, type, data])).toEqual([
      ['5', 'message', ''],
      ['6', 'opened', '{"名":\n1}'],
      [undefined, 'message', ''],
    ]);
    expect(await read(Array.from(text))).toEqual(whole);
  });
});

describe('the demo’s environment', () => {
  it('has defaults that what is set overrides', () => {
    expect(demoEnv({})).toMatchObject({
      DATA_DIR: './data/demo',
      ADMIN_PASSWORD: 'fengsui-demo',
      LOG_LEVEL: 'error',
    });
    expect(demoEnv({ DATA_DIR: '/x', LOG_LEVEL: 'info' })).toMatchObject({
      DATA_DIR: '/x',
      LOG_LEVEL: 'info',
    });
  });

  it('leaves out an SMPP server that could reach real phones', () => {
    const url = (host: string): string => `smpp://u:p@${host}:2775`;
    expect(demoEnv({ SMPP_URL: url('sms.example.org') }).SMPP_URL).toBeUndefined();
    expect(demoEnv({ SMPP_URL: url('127.0.0.1') }).SMPP_URL).toBe(url('127.0.0.1'));
  });

  it('takes whole numbers as seeds and says so otherwise', () => {
    expect(demoSeed({})).toBe(1);
    expect(demoSeed({ DEMO_SEED: ' 4294967295 ' })).toBe(4_294_967_295);
    for (const bad of ['-1', '1.5', 'x', '4294967296']) {
      expect(() => demoSeed({ DEMO_SEED: bad })).toThrow(AppError);
    }
  });

  it('knows this machine, and keeps the service’s own login to itself', () => {
    expect(isLoopback('mqtt://u:p@127.0.0.1:1883')).toBe(true);
    expect(isLoopback('http://[::1]:8080')).toBe(true);
    expect(isLoopback('mqtt://broker.example.org')).toBe(false);
    expect(isLoopback('nonsense')).toBe(false);
    expect(localUrl('http://0.0.0.0:8080')).toBe('http://127.0.0.1:8080');
    expect(localUrl('http://[::]:8080')).toBe('http://[::1]:8080');
    expect(localUrl('mqtt://127.0.0.1:1883')).toBe('mqtt://127.0.0.1:1883');
    expect(localUrl('mqtt://0.0.0.0:1883')).toBe('mqtt://127.0.0.1:1883');
    expect(withoutCredentials('mqtt://fengsui:secret@127.0.0.1:1883')).not.toContain('secret');
  });
});
