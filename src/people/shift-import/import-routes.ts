import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { csvBytes, withCsvBody } from '../../shared/csv-body.ts';
import { COMMAND_ROLES, DateTimeSchema, type RouteGroup } from '../../shared/http.ts';
import { assertSees } from '../visible-regions.ts';
import { type ImportDeps, type ImportedRoster, importShifts } from './import-shifts.ts';

/** A month of a province's 122 counties is a tenth of this. */
const MAX_IMPORT_BYTES = 4 * 1024 * 1024;

const NullableId = Type.Union([Type.String(), Type.Null()]);
const NotesSchema = Type.Array(Type.Object({ path: Type.String(), message: Type.String() }));
const ImportedSchema = Type.Object({
  dryRun: Type.Boolean(),
  months: Type.Array(Type.String({ description: 'yyyy-mm' })),
  imported: Type.Integer(),
  replaced: Type.Integer({
    description: 'shifts imported before for these months, which gave way',
  }),
  created: Type.Array(
    Type.Object({ personId: NullableId, name: Type.String(), phone: Type.String() }),
  ),
  warnings: NotesSchema,
  shifts: Type.Array(
    Type.Object({
      line: Type.Integer(),
      personId: NullableId,
      name: Type.String(),
      from: DateTimeSchema,
      to: DateTimeSchema,
    }),
  ),
});

const toJson = ({ months, shifts, ...imported }: ImportedRoster) => ({
  ...imported,
  months: months.map((month) => month.slice(0, 7)),
  imported: shifts.length,
  shifts: shifts.map(({ line, personId, name, from, to }) => {
    return { line, personId, name, from: from.toISOString(), to: to.toISOString() };
  }),
});

export type ShiftImportDeps = ImportDeps & {
  clock: Clock;
  timeZone: string;
  /** See `duty.shiftHours` of the county's configuration. */
  shiftHours: Readonly<Record<string, string>>;
};

/** `shifts/import`: a month's roster as offices keep it. */
export const shiftImportRoutes =
  (deps: ShiftImportDeps): RouteGroup =>
  (app) => {
    withCsvBody(app, (scope) => {
      scope.post(
        '/shifts/import',
        {
          bodyLimit: MAX_IMPORT_BYTES,
          config: { access: COMMAND_ROLES },
          schema: {
            tags: ['people'],
            summary:
              'Import a roster from CSV (name, phone, date, shift); all or nothing, in the place of what was imported for its months before',
            description:
              'UTF-8 or GB18030; comma, tab or semicolon; headers also 姓名, 电话, 日期, 班次. `createPeople` (admins only) registers persons nobody knows yet as duty officers of the region.',
            consumes: ['text/csv'],
            querystring: Type.Object({
              regionId: Type.String({ minLength: 1 }),
              dryRun: Type.Optional(Type.Boolean()),
              createPeople: Type.Optional(Type.Boolean()),
            }),
            body: Type.Unknown({ description: 'the file' }),
            response: { 200: ImportedSchema },
          },
        },
        async ({ query, body, user, log }) => {
          const { regionId, dryRun = false, createPeople = false } = query;
          const bytes = csvBytes(body);
          assertSees(user, deps.regions, regionId);
          if (createPeople && !user.roles.includes('admin')) {
            throw new AppError(
              'forbidden',
              'Only an admin registers people: leave out createPeople',
            );
          }
          const { timeZone, shiftHours } = deps;
          const now = deps.clock.now();
          const request = {
            bytes,
            regionId,
            createPeople,
            dryRun,
            timeZone,
            shiftHours,
            now,
          };
          const imported = await importShifts(deps, request);
          if (!dryRun) {
            const { replaced, created, months } = imported;
            const counts = { imported: imported.shifts.length, replaced, created: created.length };
            log.info({ regionId, months, ...counts }, 'shifts imported');
          }
          return { dryRun, ...toJson(imported) };
        },
      );
    });
  };
