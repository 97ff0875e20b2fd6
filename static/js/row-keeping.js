// What a row of signals keeps when it is made anew: with other scales, or when strands part or come together.

const layoutOf = ({ mode }) => mode.split(":")[0];

/** Of a track that is about to leave; igv.js empties it then. */
export function noted({ signal: { row }, config, order, color, height, autoscale, dataRange }) {
  return { row, made: { color: config.color, height: config.height }, order, color, height, top: autoscale === false ? dataRange?.max : null };
}

/** Of igv.js's config: what somebody set by hand in the row that was there, `before` (as noted, undefined without one). */
export function keptOf(config, before) {
  if (!before) return {};
  const { row, made, top } = before;
  const now = config.signal.row;
  const kept = {};
  if (row.id === config.id) kept.order = before.order;
  if (before.color !== made.color || row.id === config.id) kept.color = before.color;
  const [was, is] = [layoutOf(row), layoutOf(now)], byHand = before.height !== made.height;
  const heat = was === "heat" || is === "heat"; // as tall as its tracks are many
  if (heat ? was === is && byHand : byHand || (row.id === now.id && was === is)) kept.height = before.height;
  if (Number.isFinite(top)) kept.fixed = { min: layoutOf(now) === "mirrored" ? -top : 0, max: top };
  return kept;
}
