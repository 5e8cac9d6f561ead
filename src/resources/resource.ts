import Type from 'typebox';
import { GEOMETRY_TYPES, type Geometry } from '../shared/geometry.ts';
import { DateTimeSchema } from '../shared/http.ts';

/** crew 扑火队, ranger 护林员, grid_member 网格员, water 水源, firebreak 防火隔离带, shelter 避难场所, vehicle 消防车, equipment 装备, warehouse 物资库, helipad 直升机起降点. */
export const RESOURCE_KINDS = [
  'crew',
  'equipment',
  'firebreak',
  'grid_member',
  'helipad',
  'ranger',
  'shelter',
  'vehicle',
  'warehouse',
  'water',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export const isResourceKind = (value: unknown): value is ResourceKind =>
  (RESOURCE_KINDS as readonly unknown[]).includes(value);

export const ResourceKindSchema = Type.Enum([...RESOURCE_KINDS]);

/** What an import, or a person who moves, says about a resource. */
export type ResourceInput = {
  id: string;
  kind: ResourceKind;
  name: string;
  geometry: Geometry;
  /** Whatever else the file says of it; free. */
  properties: Record<string, unknown>;
  /** The person whose reported positions move this resource; null = it stays. */
  personId: string | null;
};

export type Resource = ResourceInput & {
  /** When the position was true, for one that moves; null = as imported. */
  positionAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

export const GeometryTypeSchema = Type.Enum([...GEOMETRY_TYPES]);

export const PropertiesSchema = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Free properties, as imported',
});

export const ResourceSchema = Type.Object({
  id: Type.String(),
  kind: ResourceKindSchema,
  name: Type.String(),
  geometry: Type.Unsafe<Geometry>(
    Type.Object(
      { type: GeometryTypeSchema, coordinates: Type.Array(Type.Unknown()) },
      { description: 'GeoJSON geometry, WGS-84, [lon, lat]' },
    ),
  ),
  properties: PropertiesSchema,
  personId: Type.Optional(
    Type.String({ description: 'The person whose reported positions move this resource' }),
  ),
  positionAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'When the position was true; absent = as imported',
    }),
  ),
  createdAt: DateTimeSchema,
  updatedAt: DateTimeSchema,
});
export type ResourceBody = Type.Static<typeof ResourceSchema>;

export const toResourceBody = (resource: Resource): ResourceBody => ({
  id: resource.id,
  kind: resource.kind,
  name: resource.name,
  geometry: resource.geometry,
  properties: resource.properties,
  ...(resource.personId === null ? {} : { personId: resource.personId }),
  ...(resource.positionAt === null ? {} : { positionAt: resource.positionAt.toISOString() }),
  createdAt: resource.createdAt.toISOString(),
  updatedAt: resource.updatedAt.toISOString(),
});
