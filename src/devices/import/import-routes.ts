import Type from 'typebox';
import { csvOf } from '../../shared/csv.ts';
import { csvBytes, withCsvBody } from '../../shared/csv-body.ts';
import { ADMIN_ONLY, type RouteGroup } from '../../shared/http.ts';
import { DeviceSchema } from '../device.ts';
import type { RegisterDeps } from '../register-device.ts';
import { type ImportedDevice, importDevices } from './import-devices.ts';

/** Ten thousand devices with every column. */
const MAX_IMPORT_BYTES = 4 * 1024 * 1024;

const ItemSchema = Type.Object({
  line: Type.Integer(),
  outcome: Type.Union([
    Type.Literal('registered'),
    Type.Literal('changed'),
    Type.Literal('unchanged'),
  ]),
  id: DeviceSchema.properties.id,
  kind: DeviceSchema.properties.kind,
  name: Type.String(),
  regionId: Type.String(),
  lon: DeviceSchema.properties.lon,
  lat: DeviceSchema.properties.lat,
  gatewayId: DeviceSchema.properties.gatewayId,
  secret: Type.Union([Type.String(), Type.Null()], {
    description: 'Password of its MQTT login; shown only this once',
  }),
});
const ImportedSchema = Type.Object({
  dryRun: Type.Boolean(),
  registered: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  items: Type.Array(ItemSchema),
});

/** `devices/import`: many devices from a spreadsheet. */
export const deviceImportRoutes =
  (deps: RegisterDeps): RouteGroup =>
  (app) =>
    withCsvBody(app, (scope) => {
      scope.post(
        '/devices/import',
        {
          bodyLimit: MAX_IMPORT_BYTES,
          config: { access: ADMIN_ONLY },
          schema: {
            tags: ['devices'],
            summary: 'Register many devices from CSV; all or nothing, every fault named',
            description:
              'Columns are the fields of `POST devices` (also in Chinese: 编号, 类型, 名称, 经度, 纬度, 海拔, 挂高 …); others are kept as properties. UTF-8 or GB18030; comma, tab or semicolon. Gateways may stand in the same file, in any order. With `Accept: text/csv` the answer is a file of the new secrets.',
            consumes: ['text/csv'],
            produces: ['application/json', 'text/csv'],
            querystring: Type.Object(
              {
                dryRun: Type.Optional(Type.Boolean()),
                mode: Type.Optional(
                  Type.Union([Type.Literal('insert'), Type.Literal('upsert')], {
                    description:
                      '`upsert` changes what is registered already: an empty cell leaves it as it is. Default: such a line is a fault',
                  }),
                ),
                datum: Type.Optional(
                  Type.Union([Type.Literal('wgs84'), Type.Literal('gcj02')], {
                    description:
                      'Of the positions; a column `datum` (坐标系) goes before. Default wgs84',
                  }),
                ),
              },
              { additionalProperties: false },
            ),
            body: Type.Unknown({ description: 'the file' }),
            response: { 200: Type.Union([ImportedSchema, Type.String()]) },
          },
        },
        async ({ query, body, headers, log }, reply) => {
          const { dryRun = false, mode = 'insert', datum = 'wgs84' } = query;
          const bytes = csvBytes(body);
          const imported = await importDevices(deps, {
            bytes,
            datum,
            upsert: mode === 'upsert',
            dryRun,
          });
          const count = (outcome: ImportedDevice['outcome']): number =>
            imported.filter((one) => one.outcome === outcome).length;
          const counts = {
            registered: count('registered'),
            changed: count('changed'),
            unchanged: count('unchanged'),
          };
          if (!dryRun) log.info(counts, 'devices imported');
          void reply.header('cache-control', 'no-store');
          if (headers.accept?.startsWith('text/csv') === true) {
            return reply
              .type('text/csv; charset=utf-8')
              .header('content-disposition', 'attachment; filename="secrets.csv"')
              .serializer(String)
              .send(secretsCsv(imported));
          }
          return { dryRun, ...counts, items: imported.map(toJson) };
        },
      );
    });

const toJson = ({ line, outcome, device, secret }: ImportedDevice) => {
  const { id, kind, name, regionId, lon, lat, gatewayId } = device;
  return { line, outcome, id, kind, name, regionId, lon, lat, gatewayId, secret };
};

const secretsCsv = (imported: readonly ImportedDevice[]): string =>
  csvOf(
    ['id', 'kind', 'name', 'regionId', 'outcome', 'secret'],
    imported.map(({ device: { id, kind, name, regionId }, outcome, secret }) => [
      id,
      kind,
      name,
      regionId,
      outcome,
      secret ?? '',
    ]),
  );
