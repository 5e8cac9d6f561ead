import Type from 'typebox';
import { DateTimeSchema } from '../shared/http.ts';

/** Each is also the name of its table. */
export type SuppressionKind = 'permitted_burn' | 'heat_source' | 'view_mask';

/** Which layer changed. */
export type LayerRef = { kind: SuppressionKind; id: string };

/** Who made, changed and cancelled a layer. A cancelled layer lowers nothing any more, and stays to be read. */
export type LayerHistory = {
  createdAt: Date;
  createdBy: string;
  updatedAt: Date;
  updatedBy: string;
  cancelledAt: Date | null;
  cancelledBy: string | null;
};

/** One write: who and when. */
export type Act = { actor: string; at: Date };

export const LayerIdSchema = Type.String({ minLength: 1, maxLength: 100 });
export const LayerNameSchema = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });

export const LayerHistorySchema = {
  createdAt: DateTimeSchema,
  createdBy: Type.String(),
  updatedAt: DateTimeSchema,
  updatedBy: Type.String(),
  cancelledAt: Type.Optional(DateTimeSchema),
  cancelledBy: Type.Optional(Type.String()),
};

export const toHistoryBody = (history: LayerHistory) => ({
  createdAt: history.createdAt.toISOString(),
  createdBy: history.createdBy,
  updatedAt: history.updatedAt.toISOString(),
  updatedBy: history.updatedBy,
  ...(history.cancelledAt === null ? {} : { cancelledAt: history.cancelledAt.toISOString() }),
  ...(history.cancelledBy === null ? {} : { cancelledBy: history.cancelledBy }),
});

/** An ellipse this long (semi-axis, 95 %) is still evidence of being at a place, however small the place. */
export const POINT_SEMI_MAJOR_M = 500;
