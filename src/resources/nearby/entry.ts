import type { GeometryType } from '../../shared/geometry.ts';
import type { Resource } from '../resource.ts';
import { buildShape, type Shape } from './shape.ts';

/** What the index keeps of a resource: all but its geometry, which lives on as a shape. */
export type IndexedResource = Omit<Resource, 'geometry'> & { geometryType: GeometryType };

/** One version of a resource in the index. A change makes a new entry and marks the old one dead. */
export type Entry = {
  readonly resource: IndexedResource;
  readonly shape: Shape;
  /** Superseded or deleted; static shards still hold it until they are next rebuilt. */
  dead: boolean;
};

export const createEntry = ({ geometry, ...rest }: Resource): Entry => ({
  resource: { ...rest, geometryType: geometry.type },
  shape: buildShape(geometry),
  dead: false,
});
