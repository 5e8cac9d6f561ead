import type { LayerHistory } from './layer.ts';

/** What every layer's table has alike. */
export const HISTORY_COLUMNS =
  'created_at, created_by, updated_at, updated_by, cancelled_at, cancelled_by';

export type HistoryRow = {
  created_at: Date;
  created_by: string;
  updated_at: Date;
  updated_by: string;
  cancelled_at: Date | null;
  cancelled_by: string | null;
};

export const toHistory = (row: HistoryRow): LayerHistory => ({
  createdAt: row.created_at,
  createdBy: row.created_by,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
  cancelledAt: row.cancelled_at,
  cancelledBy: row.cancelled_by,
});

export type ListFilter = {
  /** True = only what is in force at `at`, false = only what is not; undefined = all that is not cancelled. */
  inForce: boolean | undefined;
  at: Date;
  afterId: string | undefined;
  limit: number;
};
