// The panel "Profile": the tracks that are shown around one end of a feature, in the feature's own direction, or the mean over all genes.

import * as api from "./api.js";
import { _, fill, joined, ngettext, sentences } from "./language.js";
import { formatBp } from "./locus.js";
import { MOST } from "./panel-gene.js";
import { apart, CONFIG, csv, escape, PALE, plain, QUIET, shorten } from "./plotly.js";
import { term } from "./words.js";

const ROW = 168, HEAD = 34, FOOT = 50, LEGEND = 17; // px

export async function load({ prediction, place, tracks, state, pointer }, signal) {
  if (!tracks.length) return { empty: _("No track with values along the sequence is shown; choose some, and their values around a feature are drawn here.") };
  const keys = tracks.slice(0, MOST).map(({ key }) => key).join(",");
  const { at, flank, mean } = state;
  let feature = null, said;
  if (mean) said = await api.meanProfile(prediction.id, { at, flank, tracks: keys }, signal);
  else {
    feature = state.feature ?? await nearest(prediction, place, pointer, tracks[0].key, signal);
    if (!feature) return { empty: _("Click a gene, a junction or a peak in the tracks; their values around it are drawn here.") };
    const position = (at === "start") === (feature.strand !== "-") ? feature.start : feature.end;
    said = await api.profile(prediction.id, { position, strand: feature.strand, flank, tracks: keys }, signal);
  }
  const by = new Map(tracks.map((track) => [track.key, track]));
  const rows = said.tracks.map((one) => ({ ...one, track: by.get(one.key), name: nameOf(one, by.get(one.key), mean) }));
  const drawn = rows.filter(({ values }) => values.some((value) => value !== null));
  const title = mean ? meanTitle(said.genes, at) : titleOf(feature, at);
  const about = sentences([
    fill(_("Each value is the mean of %(bin)s; upstream is left, downstream right."), { bin: formatBp(said.bin_bp) }),
    mean ? _("Each gene counts the same, in its own direction.") : direction(feature.strand),
    rows.some(({ sense }) => sense === false) ? _("Dashed: the other strand.") : "",
    prediction.edits.length ? _("Thin: reference.") : "",
  ]);
  if (!drawn.length) return { title, about, feature, empty: _("Nothing was predicted around this place; move to what was predicted, or click a feature there.") };
  const positions = drawn[0].values.map((value, bin) => (bin + 0.5) * said.bin_bp - said.flank);
  const axis = mean ? (at === "start" ? _("bp from the genes' starts") : _("bp from the genes' ends"))
    : fill(at === "start" ? _("bp from the start of %(feature)s") : _("bp from the end of %(feature)s"), { feature: feature.label });
  return {
    title, about, feature, name: "locuscope-profile", csv: () => table(drawn, positions, title), ...drawing(drawn, positions, axis, prediction.edits.length > 0),
  };
}

/** The gene nearest to the pointer or to the middle of the view; null where there are none. */
async function nearest({ id, genome }, place, pointer, key, signal) {
  if (!genome) return null;
  const position = pointer ?? Math.floor((place.start + place.end) / 2);
  const { gene } = await api.geneSignal(id, { position, tracks: key }, signal);
  return { start: gene.start, end: gene.end, strand: gene.strand, label: gene.name };
}

function titleOf({ label, start, end }, at) {
  if (start === end) return fill(_("Around %(feature)s"), { feature: label });
  return fill(at === "start" ? _("Around the start of %(feature)s") : _("Around the end of %(feature)s"), { feature: label });
}

function meanTitle(genes, at) {
  const said = { count: genes };
  if (at === "start") return fill(ngettext("Mean around the start of %(count)s gene", "Mean around the starts of %(count)s genes", genes), said);
  return fill(ngettext("Mean around the end of %(count)s gene", "Mean around the ends of %(count)s genes", genes), said);
}

function direction(strand) {
  return strand === "-" ? _("The feature is on the − strand, so it is read from right to left.") : strand === "+" ? _("The feature is on the + strand.") : _("The feature has no strand.");
}

function nameOf({ sense }, { name }, mean) {
  if (!mean || sense === null) return name;
  const both = name.replace(/ \([+-]\)$/, "");
  return fill(sense ? _("%(track)s, genes' strand") : _("%(track)s, other strand"), { track: both });
}

function drawing(rows, positions, axis, edited) {
  const groups = new Map();
  for (const row of rows) {
    const name = `${row.track.outputName}|${row.unit}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const tall = [...groups.values()].map((some) => HEAD + some.length * LEGEND + ROW);
  const height = tall.reduce((sum, one) => sum + one, 0) + FOOT;
  const layout = plain({
    height, margin: { l: 54, r: 14, t: 4, b: FOOT }, annotations: [],
    shapes: [...groups.keys()].map((_name, at) => ({ type: "line", xref: "x", yref: `y${at ? at + 1 : ""} domain`, x0: 0, x1: 0, y0: 0, y1: 1, line: { color: QUIET, width: 1, dash: "dot" }, layer: "below" })),
    xaxis: { anchor: `y${groups.size > 1 ? groups.size : ""}`, title: { text: escape(axis), standoff: 8 }, gridcolor: PALE, zeroline: false, tickformat: ",d", nticks: 5, fixedrange: true, range: [2 * positions[0] - positions[1], 2 * positions.at(-1) - positions.at(-2)] },
  });
  const traces = [], up = (px) => 1 - px / (height - FOOT - 4);
  let top = 0;
  for (const [at, some] of [...groups.values()].entries()) {
    const number = at ? String(at + 1) : "";
    const [{ unit, track: { outputName } }] = some;
    const shades = apart(some.map(({ track: { colour } }) => colour), some.map(({ sense }) => sense === false));
    const lines = some.map(({ name, sense }, which) => `<span style="color:${shades[which]}">${sense === false ? "╌╌" : "━━"}</span> ${escape(shorten(name, 44))}`);
    layout.annotations.push({
      text: `${joined([`<b>${escape(term(outputName))}</b>`, escape(term(unit))])}<br>${lines.join("<br>")}`, xref: "paper", yref: "paper", x: 0, xanchor: "left", xshift: -52, y: up(top + 4), yanchor: "top",
      align: "left", showarrow: false, font: { size: 11.5 },
    });
    const from = top + HEAD + some.length * LEGEND;
    layout[`yaxis${number}`] = { domain: [Math.max(0, up(top + tall[at] - 12)), up(from - 8)], anchor: "x", gridcolor: PALE, zerolinecolor: PALE, nticks: 4, rangemode: "tozero", fixedrange: true, tickfont: { size: 10.5, color: QUIET } };
    for (const [which, { values, reference, name, sense }] of some.entries()) {
      const line = (what, y, width) => ({
        type: "scatter", mode: "lines", x: positions, y, name: what, yaxis: `y${number}`, connectgaps: false, line: { color: shades[which], width, dash: sense === false ? "dash" : "solid" },
        hovertemplate: `${escape(what)}<br>%{x:,.0f} bp: %{y:.4g} ${escape(term(unit))}<extra></extra>`,
      });
      if (edited && reference) traces.push(line(fill(_("%(track)s, reference"), { track: name }), reference, 0.8));
      traces.push(line(name, values, 1.8));
    }
    top += tall[at];
  }
  return { traces, layout, config: CONFIG };
}

function table(rows, positions, title) {
  const head = ["around", "bp_from_feature", ...rows.flatMap(({ key, sense, reference }) => {
    const name = sense === null ? key : `${key} (${sense ? "same strand" : "other strand"})`;
    return [name, ...(reference ? [`${name} reference`] : [])];
  })];
  return csv([head, ...positions.map((position, at) => [title, position, ...rows.flatMap(({ values, reference }) => [values[at], ...(reference ? [reference[at]] : [])])])]);
}
