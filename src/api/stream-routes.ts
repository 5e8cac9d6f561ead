import { Readable } from 'node:stream';
import Type from 'typebox';
import { ANY_ROLE, type RouteGroup, type VisibleRegions } from '../shared/http.ts';
import type { Metrics } from '../shared/metrics.ts';
import { type Authenticator, bearerToken } from './access.ts';
import type { EventFeed } from './event-feed.ts';
import { createOpenStreams } from './open-streams.ts';
import { type StreamSession, streamFrames } from './stream-frames.ts';

export type StreamRoutesDeps = {
  feed: EventFeed;
  auth: Authenticator;
  visibleRegions: VisibleRegions;
  metrics: Metrics;
  maxStreams?: number;
  maxStreamsPerUser?: number;
  heartbeatMs?: number;
};

/** Each costs a socket and a few KB. */
const MAX_STREAMS = 1_000;
/** A person with a console on every screen, and reconnects whose old sockets are not yet noticed dead. */
const MAX_STREAMS_PER_USER = 50;
/** Below the 30–60 s after which proxies and mobile carriers drop a silent connection. */
const HEARTBEAT_MS = 15_000;

const EventId = Type.String({ pattern: '^\\d{1,15}$' });

/** `GET /stream`: every change of every incident the user may see, as server-sent events. */
export const streamRoutes =
  ({
    feed,
    auth,
    visibleRegions,
    metrics,
    maxStreams = MAX_STREAMS,
    maxStreamsPerUser = MAX_STREAMS_PER_USER,
    heartbeatMs = HEARTBEAT_MS,
  }: StreamRoutesDeps): RouteGroup =>
  (app) => {
    const open = createOpenStreams(app, { maxStreams, maxStreamsPerUser, metrics });

    app.get(
      '/stream',
      {
        // A HEAD would run the stream and throw it away.
        exposeHeadRoute: false,
        config: { access: ANY_ROLE },
        schema: {
          tags: ['incidents'],
          summary: 'Live changes of incidents (server-sent events)',
          description:
            'Each event: `id` = incident event id, `event` = its type, `data` = JSON `{id, incidentId, number, type, actor, at, data, incident}`. ' +
            'With `Last-Event-ID` (or `?lastEventId`) the stream goes on after that event, without gap or repetition; without it, it starts now. ' +
            'A comment and the present id come every 15 s.',
          querystring: Type.Object(
            { lastEventId: Type.Optional(EventId) },
            { additionalProperties: false },
          ),
          headers: Type.Object({ 'last-event-id': Type.Optional(EventId) }),
          response: {
            200: {
              description: 'An endless stream of events',
              content: {
                'text/event-stream': { schema: Type.Unsafe<Readable>({ type: 'string' }) },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const token = bearerToken(request);
        const asked = request.headers['last-event-id'] ?? request.query.lastEventId;
        const session: StreamSession = {
          user: request.user,
          visible: visibleRegions(request.user),
          async renew() {
            session.user = await auth.authenticate(token);
            session.visible = visibleRegions(session.user);
          },
        };
        const after = await feed.position(asked === undefined ? undefined : Number(asked));
        const stream = open.add(request.user.username, reply.raw);
        const frames = streamFrames({ feed, session, after, heartbeatMs, stream });
        return (
          reply
            .type('text/event-stream')
            .header('cache-control', 'no-store, no-transform')
            // nginx would hold events back until a buffer is full.
            .header('x-accel-buffering', 'no')
            .send(Readable.from(frames, { objectMode: false }))
        );
      },
    );
  };
