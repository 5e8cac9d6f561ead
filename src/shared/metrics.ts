import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Alarm latency, seconds. The target is p99 < 0.25 s from detection to SMS submit, so the buckets are
 * finest around it; the last ones show an outage (a carrier down for minutes) rather than hide it in +Inf.
 */
const ALARM_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const HTTP_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Reads the present value of a gauge, one number a label value; called at each scrape. */
export type GaugeReader = () => Promise<Readonly<Record<string, number>>>;

/** What is known of the providers at each scrape. */
export type ProviderReader = () => readonly {
  channel: string;
  provider: string;
  up: boolean;
  breaker: 'closed' | 'half_open' | 'open';
}[];

/** Every metric of the service. One instance a process, handed to the stages; nothing is global. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Creates the registry; the Node.js process metrics (heap, event loop lag, GC) come with it. */
export const createMetrics = () => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  return {
    registry,
    messagesIn: new Counter({
      name: 'fengsui_messages_in_total',
      help: 'Messages received and decoded, by lane (alarm, telemetry), dialect and kind',
      labelNames: ['lane', 'dialect', 'kind'] as const,
      registers,
    }),
    deadLetters: new Counter({
      name: 'fengsui_dead_letters_total',
      help: 'Messages that could not be used, by reason code; each is kept in table dead_letter',
      labelNames: ['code'] as const,
      registers,
    }),
    detectionToCommit: new Histogram({
      name: 'fengsui_detection_to_commit_seconds',
      help: 'From receiving a detection to the commit of its incident',
      buckets: ALARM_BUCKETS_S,
      registers,
    }),
    detectionToSubmit: new Histogram({
      name: 'fengsui_detection_to_submit_seconds',
      help: 'From receiving a detection to a notification accepted by its channel, first attempts',
      labelNames: ['channel'] as const,
      buckets: ALARM_BUCKETS_S,
      registers,
    }),
    mavlinkFrames: new Counter({
      name: 'fengsui_mavlink_frames_total',
      help: 'MAVLink frames by outcome: taken, unread (a message of no interest), or why not; dropped counts datagrams',
      labelNames: ['outcome'] as const,
      registers,
    }),
    telemetryRows: new Counter({
      name: 'fengsui_telemetry_rows_total',
      help: 'Telemetry rows written to PostgreSQL',
      registers,
    }),
    notifications: new Counter({
      name: 'fengsui_notifications_total',
      help: 'Delivery attempts and receipts, by channel and outcome',
      labelNames: ['channel', 'outcome'] as const,
      registers,
    }),
    providerCalls: new Counter({
      name: 'fengsui_provider_calls_total',
      help: 'Calls of a provider, by outcome: submitted, refused (for good), throttled, failed, unknown (no answer)',
      labelNames: ['channel', 'provider', 'outcome'] as const,
      registers,
    }),
    providerSubmit: new Histogram({
      name: 'fengsui_provider_submit_seconds',
      help: 'From calling a provider to its yes',
      labelNames: ['channel', 'provider'] as const,
      buckets: ALARM_BUCKETS_S,
      registers,
    }),
    replies: new Counter({
      name: 'fengsui_sms_replies_total',
      help: 'SMS that people wrote, by what was made of them; each is kept in table inbound_message',
      labelNames: ['outcome'] as const,
      registers,
    }),
    hotspots: new Counter({
      name: 'fengsui_hotspots_total',
      help: 'Rows of satellite hotspots by what became of them (old, outside, known, weak, faulty), and the fires recorded',
      labelNames: ['outcome'] as const,
      registers,
    }),
    escalationsStuck: new Gauge({
      name: 'fengsui_escalations_stuck',
      help: 'Open incidents whose escalation has not moved as their policy says, at the last audit; healthy is 0',
      registers,
    }),
    heartbeats: new Counter({
      name: 'fengsui_heartbeats_total',
      help: 'Heartbeats to HEARTBEAT_URL: sent, withheld because something is wrong, failed',
      labelNames: ['outcome'] as const,
      registers,
    }),
    escalationLate: new Histogram({
      name: 'fengsui_escalation_late_seconds',
      help: 'How long after its time a step of an escalation policy was carried out',
      buckets: ALARM_BUCKETS_S,
      registers,
    }),
    httpRequests: new Histogram({
      name: 'fengsui_http_request_duration_seconds',
      help: 'HTTP requests by method, route pattern and status; the event stream is left out',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: HTTP_BUCKETS_S,
      registers,
    }),
    streams: new Gauge({
      name: 'fengsui_streams_open',
      help: 'Event streams (SSE) open in this process',
      registers,
    }),
    /** Gauge `fengsui_queue_depth{state}`, read at each scrape. A reader that fails leaves the gauge empty for that scrape. */
    watchQueueDepth: (read: GaugeReader): void =>
      registerReader(registry, {
        name: 'fengsui_queue_depth',
        help: 'Jobs in the notification queue by state (waiting, active, delayed …)',
        label: 'state',
        read,
      }),
    /** Gauge `fengsui_hotspot_feed_age_seconds{feed}`: since the last fetch that succeeded. */
    watchHotspotFeeds: (read: GaugeReader): void =>
      registerReader(registry, {
        name: 'fengsui_hotspot_feed_age_seconds',
        help: 'Seconds since hotspots were last had from a feed',
        label: 'feed',
        read,
      }),
    /** Gauge `fengsui_devices{health}`, read at each scrape. */
    watchDevices: (read: GaugeReader): void =>
      registerReader(registry, {
        name: 'fengsui_devices',
        help: 'Registered equipment by health: healthy, suspect, unhealthy, recovering, unknown',
        label: 'health',
        read,
      }),
    /** Gauges `fengsui_provider_up` and `fengsui_provider_breaker`, by channel and provider, read at each scrape. */
    watchProviders: (read: ProviderReader): void => registerProviders(registry, read),
  };
};

const BREAKER_VALUES = { closed: 0, half_open: 1, open: 2 } as const;

const registerProviders = (registry: Registry, read: ProviderReader): void => {
  const labelNames = ['channel', 'provider'] as const;
  const registers = [registry];
  const up = new Gauge({
    name: 'fengsui_provider_up',
    help: '1 while nothing is known that would keep the provider from sending',
    labelNames,
    registers,
    collect() {
      up.reset();
      for (const { channel, provider, up: isUp } of read()) {
        up.set({ channel, provider }, isUp ? 1 : 0);
      }
    },
  });
  const breaker = new Gauge({
    name: 'fengsui_provider_breaker',
    help: 'Circuit breaker of the provider: 0 closed, 1 half open, 2 open',
    labelNames,
    registers,
    collect() {
      breaker.reset();
      for (const { channel, provider, breaker: state } of read()) {
        breaker.set({ channel, provider }, BREAKER_VALUES[state]);
      }
    },
  });
};

type ReaderOptions = { name: string; help: string; label: string; read: GaugeReader };

const registerReader = (registry: Registry, { name, help, label, read }: ReaderOptions): void => {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      gauge.reset();
      // A queue that does not answer must not take every other metric down with it.
      const values = await read().catch(() => ({}));
      for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value);
    },
  });
};
