// The panel "Measured": predicted against measured values of the same assay, bin by bin over what is in view.

import * as api from "./api.js";
import { alignedWindow } from "./bins.js";
import { _, fill, sentences } from "./language.js";
import { formatBp, formatLocus } from "./locus.js";
import { CONFIG, csv, escape, PALE, plain, QUIET } from "./plotly.js";
import { term } from "./words.js";

export const BIN = 128; // bp
const MOST_BINS = 19_000, LEAST = 3; // bins of one question; pairs that a correlation needs
const catalogues = new Map();

const splitWords = () => ({
  train: _("Training chromosome: the model learnt from these values."),
  valid: _("Held out (validation): the model did not learn from these values."),
  test: _("Held out (test): the model never saw these values."),
});

export async function load({ page, prediction, place, tracks, state }, signal) {
  if (!prediction.genome) return { empty: _("A pasted sequence was not measured; predict a locus of a genome to compare.") };
  const teach = { empty: _("No measured data are installed. An administrator puts them there with one command, and each prediction is then compared with what the same assay measured:"), command: "manage.py install_tracks FOLDER" };
  if (!page.measured) return teach;
  const known = await catalogueOf(prediction.genome);
  const pairs = tracks.flatMap((track) => known.filter(({ model_track: key }) => key === track.key).map((measured) => ({ track, measured })));
  if (!pairs.length) return known.length ? { empty: _("None of the tracks that are shown was measured here; show one of the same assay as an installed measured track.") } : teach;
  const pair = pairs.find(({ measured: { key } }) => key === state.pair) ?? pairs[0];
  const { track, measured } = pair;
  const { interval } = prediction;
  const choices = { pairs: pairs.map(({ measured: { key }, track: { name } }) => ({ key, name })), pair: measured.key };
  const window = place.chromosome === interval.chromosome ? alignedWindow(place.start, place.end, interval, BIN) : null;
  const bins = window ? Math.floor((Math.min(window.end, interval.end) - window.start) / BIN) : 0; // the last may not be whole
  if (!bins) return { ...choices, empty: _("Nothing was predicted here; move to what was predicted.") };
  if (bins > MOST_BINS) return { ...choices, empty: fill(_("Zoom in to at most %(most)s to compare."), { most: formatBp(MOST_BINS * BIN) }) };
  const asked = { start: window.start, end: window.start + bins * BIN, bins };
  const [predicted, seen] = await Promise.all([
    api.windows(prediction.id, [prediction.edits.length ? `${track.key}:ref` : track.key], { ...asked, summary: "mean" }, signal),
    api.measuredWindows({ genome: prediction.genome, chromosome: interval.chromosome, summary: "mean" }, [`${measured.key}@${measured.version}`], asked, signal),
  ]);
  const points = [];
  for (let bin = 0; bin < bins; bin++) {
    const [x, y] = [seen[bin], predicted[bin]];
    if (x === x && y === y) points.push({ start: asked.start + bin * BIN, measured: x, predicted: y, x: logged(x), y: logged(y) });
  }
  const title = fill(_("Predicted against measured: %(track)s"), { track: track.name });
  if (!points.length) return { ...choices, title, empty: _("Nothing was measured in this view; move on to compare.") };
  const r = pearson(points);
  const split = Object.keys(measured.splits).find((name) => measured.splits[name].includes(interval.chromosome));
  const correlation = r === null ? fill(_("n = %(count)s bins, too few or too equal for a correlation."), { count: points.length })
    : fill(_("Pearson r of log values = %(r)s, n = %(count)s bins."), { r: r.toFixed(3).replace("-", "−"), count: points.length });
  const about = sentences([
    correlation, splitWords()[split] ?? "", fill(_("Means over bins of %(bin)s in %(place)s."), { bin: formatBp(BIN), place: formatLocus(asked0(interval, asked)) }),
    prediction.edits.length ? _("The reference's prediction: the edited sequence was not measured.") : "",
  ]);
  return {
    ...choices, title, about, r, n: points.length, split: split ?? "", name: `locuscope-${track.key}-measured`, csv: () => table(points, interval.chromosome, pair), ...drawing(points, pair),
  };
}

const asked0 = ({ chromosome }, { start, end }) => ({ chromosome, start, end });

async function catalogueOf(genome) {
  if (!catalogues.has(genome)) {
    const answer = api.measured(genome);
    answer.catch(() => catalogues.delete(genome));
    catalogues.set(genome, answer);
  }
  return catalogues.get(genome);
}

/** Of a value that may be a little below nothing: what counts reads is not negative. */
export function logged(value) { return Math.log10(1 + Math.max(0, value)); }

/** The correlation of x and y, null of fewer than three points or where either does not vary. */
export function pearson(points) {
  const count = points.length;
  if (count < LEAST) return null;
  const mean = (name) => points.reduce((sum, one) => sum + one[name], 0) / count;
  const [mx, my] = [mean("x"), mean("y")];
  let xx = 0, yy = 0, xy = 0;
  for (const { x, y } of points) {
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
    xy += (x - mx) * (y - my);
  }
  return xx > 1e-18 && yy > 1e-18 ? xy / Math.sqrt(xx * yy) : null;
}

function drawing(points, { track, measured }) {
  const trace = {
    type: points.length > 4000 ? "scattergl" : "scatter", mode: "markers", x: points.map(({ x }) => x), y: points.map(({ y }) => y), marker: { size: 6, color: track.colour, opacity: 0.55 },
    customdata: points.map(({ start, measured: one, predicted }) => [formatLocus({ chromosome: "", start, end: start + BIN }).slice(1), one, predicted]),
    hovertemplate: `${escape(fill(_("%(place)s: measured %(measured)s, predicted %(predicted)s"), {
      place: "%{customdata[0]}", measured: "%{customdata[1]:.4g}", predicted: "%{customdata[2]:.4g}",
    }))}<extra></extra>`,
  };
  const traces = [trace];
  if (measured.unit === track.unit) { // one scale: where both would be equal
    const most = Math.max(...trace.x, ...trace.y);
    traces.unshift({ type: "scatter", mode: "lines", x: [0, most], y: [0, most], line: { color: QUIET, width: 1, dash: "dot" }, hoverinfo: "skip" });
  }
  const axis = { gridcolor: PALE, zerolinecolor: PALE, nticks: 6, rangemode: "tozero", fixedrange: true };
  return {
    traces, config: CONFIG,
    layout: plain({
      height: 400, margin: { l: 60, r: 14, t: 8, b: 52 },
      xaxis: { ...axis, title: { text: escape(fill(_("log₁₀(1 + measured), %(unit)s"), { unit: term(measured.unit) })), font: { size: 11.5 } } },
      yaxis: { ...axis, title: { text: escape(fill(_("log₁₀(1 + predicted), %(unit)s"), { unit: term(track.unit) })), font: { size: 11.5 } } },
    }),
  };
}

function table(points, chromosome, { track, measured }) {
  const head = ["chromosome", "start", "end", `measured ${measured.key}`, `predicted ${track.key}`, "log10(1 + measured)", "log10(1 + predicted)"];
  return csv([head, ...points.map(({ start, measured: one, predicted, x, y }) => [chromosome, start, start + BIN, one, predicted, x, y])]);
}
