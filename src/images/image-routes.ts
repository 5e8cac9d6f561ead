import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import { ANY_ROLE, type RouteGroup, type User, type VisibleRegions } from '../shared/http.ts';
import type { ImageFiles } from './image-files.ts';
import { type FoundImage, findThumbnail, findUpload, findVisibleImage } from './read-store.ts';

export type ImageRoutesDeps = { pool: Pool; files: ImageFiles; visibleRegions: VisibleRegions };

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) });
const binary = (description: string, types: readonly string[]) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: Type.Unsafe<Buffer>({}) }])),
});
const NotModified = Type.Null({ description: 'It is what `If-None-Match` names' });

/** `images/{id}` and its thumbnail, for those who see the incident or the device. */
export const imageRoutes =
  ({ pool, files, visibleRegions }: ImageRoutesDeps): RouteGroup =>
  (app) => {
    const requireImage = async (id: string, user: User): Promise<FoundImage> => {
      const viewer = { regions: visibleRegions(user), personId: user.personId };
      const image = await findVisibleImage(pool, id, viewer);
      if (image === undefined) throw missing(`image "${id}" does not exist`);
      return image;
    };

    app.get(
      '/images/:id',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['images'],
          summary: 'A picture as it came from the equipment',
          params: Params,
          response: {
            200: binary('The picture', ['image/jpeg', 'image/png', 'image/webp']),
            304: NotModified,
          },
        },
      },
      async (request, reply) => {
        const { id, sha256, type } = await requireImage(request.params.id, request.user);
        if (isKnown(request, reply, sha256)) return reply.code(304).send(null);
        const bytes = (await findUpload(pool, id)) ?? (await files.read(sha256));
        if (bytes === undefined) throw missing(`the file of image "${id}" is gone`);
        return reply.type(type).send(bytes);
      },
    );

    app.get(
      '/images/:id/thumbnail',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['images'],
          summary: 'A small upright JPEG of a picture, at most 320 pixels wide',
          params: Params,
          response: { 200: binary('The thumbnail', ['image/jpeg']), 304: NotModified },
        },
      },
      async (request, reply) => {
        const { id, sha256 } = await requireImage(request.params.id, request.user);
        const jpeg = await findThumbnail(pool, id);
        if (jpeg === undefined) throw missing(`image "${id}" has no thumbnail`);
        if (isKnown(request, reply, `${sha256}-thumbnail`)) return reply.code(304).send(null);
        return reply.type('image/jpeg').send(jpeg);
      },
    );
  };

/** Names what is sent, which never changes; true when the client has it. */
const isKnown = (request: FastifyRequest, reply: FastifyReply, name: string): boolean => {
  const etag = `"${name}"`;
  void reply.headers({
    etag,
    'cache-control': 'private, max-age=86400, immutable',
    'x-content-type-options': 'nosniff',
  });
  return (request.headers['if-none-match'] ?? '').split(/,\s*/).includes(etag);
};

const missing = (message: string): AppError => new AppError('not_found', message);
