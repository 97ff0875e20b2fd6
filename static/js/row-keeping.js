// What a row of signals keeps when it is made anew: with other scales, or when strands part or come together.

/** Of igv.js's config: what somebody set by hand in the row that was there, `before` (a track, undefined without one). */
export function keptOf(config, before) {
  if (!before) return {};
  const { signal: { row }, config: made } = before;
  const same = row.id === config.signal.row.id && layoutOf(row) === layoutOf(config.signal.row);
  const kept = {};
  if (row.id === config.id) kept.order = before.order;
  if (before.color !== made.color || row.id === config.id) kept.color = before.color;
  if (same || before.height !== made.height) kept.height = before.height;
  const { min, max } = before.dataRange ?? {};
  if (before.autoscale === false && Number.isFinite(max)) kept.fixed = { min: layoutOf(config.signal.row) === "mirrored" ? -max : Math.max(0, min), max };
  return kept;
}

const layoutOf = ({ mode }) => mode.split(":")[0];
