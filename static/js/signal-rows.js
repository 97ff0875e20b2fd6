// How predicted signals become rows of the genome browser: one track, two strands around one line, or a heat map of many.
// A row is {id, mode, keys, group}: `mode` is its layout, and “:shared” behind it one scale for all of the output; `group`, where
// there is one, names the rows that somebody put on one scale.

import { gapsOf } from "./edits.js";
import { HEAT } from "./heat-track.js";
import { _, fill, ngettext } from "./language.js";
import { withoutBins } from "./pairs-config.js";
import { TYPE } from "./predicted-track.js";
import { assayText, skillText, term } from "./words.js";

export const MANY = 24; // signals of an output beyond which they are drawn as a heat map, unless somebody says otherwise
const HEIGHTS = { both: 82, overlay: 46, difference: 40 }; // of a track of an edited sequence
const LEAST_AXIS = 0.1; // of the prediction's highest value: an axis never blows next to nothing up to a full bar
const HEAT_ROW = { most: 14, least: 4, in: 480 }; // pixels
const HEAT_EXTRA = 18; // for the scale under them

export const editedHeight = (mode) => HEIGHTS[mode];

/** What somebody chose: layouts by output ("heat" or "rows") and by pair, outputs on one scale, tracks on one. */
export class Layout {
  #heat = new Map(); #apart = new Set(); #shared = new Set(); #own = new Set(); #groups = new Map();

  /** The rows for these tracks of a prediction, in its order. */
  rows(tracks, edited) {
    const rows = [], done = new Set();
    const of = Map.groupBy ? Map.groupBy(tracks, ({ output }) => output) : grouped(tracks);
    const present = new Set(tracks.map(({ key }) => key));
    for (const track of tracks) {
      if (done.has(track.key)) continue;
      const { output } = track;
      const mates = of.get(output);
      const keys = [track.key];
      let layout = "single", id = track.key;
      if (track.shape !== "bins") layout = "single"; // maps and junctions are drawn by themselves
      else if (!edited && this.isHeat(output, mates.length)) {
        layout = "heat";
        id = `${HEAT}:${output}`;
        keys.splice(0, 1, ...mates.map(({ key }) => key));
      } else if (!edited && track.pair && present.has(track.pair) && !this.#apart.has(track.key)) {
        layout = "mirrored";
        if (track.strand === "+") keys.push(track.pair);
        else keys.unshift(track.pair);
        [id] = keys;
      }
      for (const key of keys) done.add(key);
      const shared = track.shape !== "bins" ? false : layout === "heat" ? !this.#own.has(output) : this.#shared.has(output);
      const group = layout === "heat" ? null : keys.map((key) => this.#groups.get(key)).find(Boolean) ?? null;
      rows.push({ id, keys, mode: shared ? `${layout}:shared` : layout, ...(group && { group }) });
    }
    return rows;
  }

  isHeat(output, count) { return this.#heat.get(output) ?? count > MANY; }

  /** As rows of a prediction's tracks once were: [{key, mode, group}]. */
  restore(rows, tracks) {
    const by = new Map(tracks.map((track) => [track.key, track]));
    this.#groups.clear();
    for (const { key, mode, group } of rows) {
      for (const one of group && by.has(key) ? [key, mode?.startsWith("mirrored") ? by.get(key).pair : null] : []) if (one) this.#groups.set(one, group);
      const [layout, shared] = (mode ?? "").split(":");
      const output = layout === "heat" ? key.slice(HEAT.length + 1) : by.get(key)?.output;
      if (!output || !["single", "mirrored", "heat"].includes(layout)) continue;
      this.setHeat(output, layout === "heat");
      this.setShared(output, Boolean(shared), layout === "heat");
      if (layout !== "heat") this.setApart([key, by.get(key).pair].filter(Boolean), layout === "single");
    }
  }

  setHeat(output, on) { this.#heat.set(output, on); }
  setApart(keys, on) { for (const key of keys) this.#set(this.#apart, key, on); }
  setShared(output, on, heat) { this.#set(heat ? this.#own : this.#shared, output, heat ? !on : on); }

  /** One scale for these tracks, or one of its own for each. */
  setGroup(keys, together) {
    for (const key of keys) this.#groups.delete(key);
    const taken = new Set(this.#groups.values());
    let number = 1;
    while (taken.has(`scale-${number}`)) number++;
    if (together) for (const key of keys) this.#groups.set(key, `scale-${number}`);
  }

  #set(set, value, on) { if (on) set.add(value); else set.delete(value); }
}

function grouped(tracks) {
  const groups = new Map();
  for (const track of tracks) groups.set(track.output, [...(groups.get(track.output) ?? []), track]);
  return groups;
}

/** What igv.js is told of a row. `about`: {interval, loader, prediction, known, own, offset, editMode}; known(key): a track of the
 * catalogue, null before that has come. */
export function rowConfig(row, order, rows, about) {
  const { prediction, known, own, offset, interval, loader, editMode } = about;
  const by = new Map(prediction.tracks.map((track) => [track.key, track]));
  const tracks = row.keys.map((key) => by.get(key));
  const [first] = tracks;
  const aboutOf = (key) => aboutRows(known(key), prediction, by.get(key)?.has_band);
  const edited = prediction.edits.length > 0 && !own;
  if (first.shape !== "bins") {
    const said = { interval, prediction, own, offset, mode: editMode, edited };
    const config = withoutBins(first, { ...said, highest: Math.max(0, first.maximum ?? 0, by.get(first.pair)?.maximum ?? 0) });
    const common = { id: row.id, name: first.name, order, color: shade(first), removable: true, mode: editMode };
    return { ...common, ...config, signal: { ...config.signal, row, scaledWith: [], about: () => aboutOf(first.key) } };
  }
  const heat = row.mode.startsWith("heat");
  const mirrored = row.mode.startsWith("mirrored");
  const shared = row.group ? rows.filter(({ group }) => group === row.group).flatMap(({ keys }) => keys) : row.mode.endsWith(":shared")
    ? rows.flatMap(({ keys }) => keys).filter((key) => by.get(key).output === first.output)
    : tracks.flatMap(({ key, pair }) => [key, ...(pair && !heat ? [pair] : [])]);
  const scaledWith = [...new Set(shared)].filter((key) => !row.keys.includes(key));
  const highest = Math.max(0, ...[...row.keys, ...scaledWith].map((key) => by.get(key).maximum ?? 0));
  const signals = tracks.map((track) => ({ ...track, shade: shade(track), get known() { return known(track.key); } }));
  const count = tracks.length;
  const common = {
    id: row.id, order, removable: true, mode: edited ? editMode : row.mode, color: heat ? first.colour : shade(first),
    signal: {
      ...first, row, signals, outputName: first.output_name, interval, loader, edited, scaledWith, about: (at = 0) => aboutOf(row.keys[at]),
      mates: prediction.tracks.filter(({ output }) => output === first.output).length,
      gaps: own ? [] : gapsOf(prediction), suffix: own ? ":own" : "",
      least: Math.max(LEAST_AXIS * highest, ...tracks.map(({ least }) => least ?? 0)),
    },
  };
  if (heat) {
    const each = Math.max(HEAT_ROW.least, Math.min(HEAT_ROW.most, Math.floor(HEAT_ROW.in / count)));
    return { ...common, type: HEAT, name: fill(ngettext("%(output)s: %(count)s track", "%(output)s: %(count)s tracks", count), { output: term(first.output_name), count }), height: count * each + HEAT_EXTRA };
  }
  const few = rows.length <= 16;
  const height = edited ? HEIGHTS[editMode] : mirrored ? (few ? 72 : 52) : few ? (first.resolution > 1 ? 40 : 46) : 32;
  return { ...common, type: TYPE, name: mirrored ? fill(_("%(name)s (+ above, − below)"), { name: first.name.replace(/ \(\+\)$/, "") }) : first.name, height };
}

/** The reverse strand in a lighter shade of its output's colour. */
function shade({ colour, strand }) {
  if (strand !== "-") return colour;
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + (255 - part) * 0.32)).join(",")})`;
}

function aboutRows(known, prediction, banded) {
  return [
    ...(known ? [
      { name: _("Assay"), value: assayText(known) },
      { name: _("What"), value: term(known.description) },
      { name: _("Training data"), value: known.source },
      ...(known.skill ? [{ name: _("Held-out skill"), value: judged(known.skill) }] : []),
    ] : []),
    ...(banded ? [{ name: _("Band"), value: _("from the least to the most that the members of the model say; where it is narrow, all may still be wrong") }] : []),
    { name: _("Model"), value: fill(_("%(title)s %(version)s, predicted"), prediction.model) },
  ];
}

/** On chromosomes the model never saw. */
function judged(skill) {
  const said = { skill: skillText(skill) };
  if (skill.skilful === "no") return fill(_("%(skill)s; not skilful: no better than that"), said);
  return skill.skilful === "unsure" ? fill(_("%(skill)s; perhaps no better than that"), said) : said.skill;
}
