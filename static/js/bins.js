// Arithmetic between bases, bins and pixels; no DOM, no network. Positions are 0-based half-open bases.

import { _ } from "./language.js";

/** Bases per bin for a zoom level: the largest power of two that is no wider than a pixel, at least one base. */
export function binWidth(bpPerPixel) {
  return 2 ** Math.max(0, Math.floor(Math.log2(bpPerPixel)));
}

/**
 * The window to ask for: [start, end) clipped to the interval and widened to whole bins counted from interval.start,
 * so that neighbouring views ask for the same bins and the server can answer from its coarse levels.
 * null where the two do not overlap. The last bin may reach past interval.end.
 */
export function alignedWindow(start, end, interval, width) {
  const from = Math.max(start, interval.start);
  const to = Math.min(end, interval.end);
  if (from >= to) return null;
  const first = Math.floor((from - interval.start) / width);
  const last = Math.ceil((to - interval.start) / width);
  return { start: interval.start + first * width, end: interval.start + last * width, bins: last - first, width };
}

/**
 * One value per pixel column: the mean or maximum of the bins that the column covers, NaN where there is none.
 * @param {{start: number, width: number, values: Float32Array}} data
 */
export function pixelColumns(data, bpStart, bpPerPixel, pixels, summary) {
  const columns = new Float32Array(pixels).fill(NaN);
  const { values } = data;
  const perPixel = bpPerPixel / data.width;
  const offset = (bpStart - data.start) / data.width;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const left = offset + pixel * perPixel;
    const first = Math.max(0, Math.floor(left));
    // A column covers the bin under its left edge and every bin that begins inside it.
    const stop = Math.min(values.length, Math.max(Math.floor(left) + 1, Math.ceil(left + perPixel)));
    let total = 0, count = 0, most = -Infinity;
    for (let bin = first; bin < stop; bin++) {
      const value = values[bin];
      if (value !== value) continue;
      total += value;
      count++;
      if (value > most) most = value;
    }
    if (count) columns[pixel] = summary === "max" ? most : total / count;
  }
  return columns;
}

/** The largest value over [start, end), 0 where there is none: the top of an axis that begins at 0. */
export function largest(data, start, end) {
  const first = Math.max(0, Math.floor((start - data.start) / data.width));
  const stop = Math.min(data.values.length, Math.ceil((end - data.start) / data.width));
  let most = 0;
  for (let bin = first; bin < stop; bin++) if (data.values[bin] > most) most = data.values[bin];
  return most;
}

/** The largest difference of two signals in the same bins over [start, end), without its sign. */
export function largestChange(data, other, start, end) {
  const first = Math.max(0, Math.floor((start - data.start) / data.width));
  const stop = Math.min(data.values.length, Math.ceil((end - data.start) / data.width));
  let most = 0;
  for (let bin = first; bin < stop; bin++) most = Math.max(most, Math.abs(data.values[bin] - other.values[bin]) || 0);
  return most;
}

/** The largest value over [start, end), whatever its sign. */
export function largestSize(data, start, end) {
  const first = Math.max(0, Math.floor((start - data.start) / data.width));
  const stop = Math.min(data.values.length, Math.ceil((end - data.start) / data.width));
  let most = 0;
  for (let bin = first; bin < stop; bin++) most = Math.max(most, Math.abs(data.values[bin]) || 0);
  return most;
}

/** The same signal without the bins that lie wholly inside a gap, [start, end) in bases. */
export function withGaps(data, gaps) {
  if (!data || !gaps.length) return data;
  const values = data.values.slice();
  for (const { start, end } of gaps) {
    const first = Math.max(0, Math.ceil((start - data.start) / data.width));
    const stop = Math.min(values.length, Math.floor((end - data.start) / data.width));
    if (stop > first) values.fill(NaN, first, stop);
  }
  return { ...data, values };
}

/** The value at a base, NaN where there is none. */
export function valueAt(data, position) {
  const bin = Math.floor((position - data.start) / data.width);
  return bin >= 0 && bin < data.values.length ? data.values[bin] : NaN;
}

/** A number for an axis or a popup: three significant digits, no trailing zeros. */
export function formatValue(value) {
  if (!Number.isFinite(value)) return _("no value");
  if (value === 0) return "0";
  if (value < 0) return `−${formatValue(-value)}`;
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}
