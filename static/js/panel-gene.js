// The panel "Gene": one gene's signal in each track that is shown, as sorted bars; of an edited sequence beside the reference's.

import * as api from "./api.js";
import { formatValue } from "./bins.js";
import { _, fill, ngettext, sentences } from "./language.js";
import { formatBp } from "./locus.js";
import { CONFIG, csv, escape, PALE, plain, QUIET, shorten } from "./plotly.js";
import { term } from "./words.js";

export const MOST = 100; // tracks of one drawing
const BAR = 22, HEAD = 40, FOOT = 30, LABEL = 26, LETTER = 6.6; // px of a bar, of what is above and below each group; letters of a name, px of one

/** Which gene: the one that was clicked, else the one under the pointer, else nearest to the middle of the view. */
export async function load({ prediction, place, tracks, state, pointer }, signal) {
  if (!prediction.genome) return { empty: _("A pasted sequence has no annotated genes; predict a locus of a genome to see the signal of its genes.") };
  if (!tracks.length) return { empty: _("No track with values along the sequence is shown; choose some, and a gene's signal in each of them is drawn here.") };
  const query = state.gene ? { gene: state.gene } : { position: pointer ?? Math.floor((place.start + place.end) / 2) };
  const said = await api.geneSignal(prediction.id, { ...query, tracks: tracks.slice(0, MOST).map(({ key }) => key).join(",") }, signal);
  const by = new Map(tracks.map((track) => [track.key, track]));
  const all = said.tracks.map((one) => ({ ...one, track: by.get(one.key) }));
  const rows = all.filter(({ sense }) => state.both || sense !== false);
  const groups = grouped(rows.filter(({ value }) => value !== null), said);
  const about = sentences([
    fill(_("%(place)s (%(strand)s)."), { place: said.locus, strand: said.gene.strand === "-" ? "−" : said.gene.strand }),
    state.both ? "" : _("Tracks of the gene's strand and those without a strand."),
    prediction.edits.length ? _("Full colour: edited; pale: reference.") : "",
    outside(rows),
    tracks.length > MOST ? fill(_("The first %(most)s of %(count)s tracks."), { most: MOST, count: tracks.length }) : "",
  ]);
  const title = fill(_("Signal of %(gene)s by track"), { gene: said.gene.name });
  if (!groups.length) return { title, about, near: said.near, gene: said.gene, empty: _("No track that is shown has a value for this gene.") };
  return { title, about, near: said.near, gene: said.gene, name: `locuscope-${said.gene.name}`, csv: () => table(groups, said), ...drawing(groups, prediction.edits.length > 0) };
}

function outside(rows) {
  const cut = rows.filter(({ covered_bp: covered, mask_bp: all, value }) => value !== null && covered < all).length;
  if (!cut) return "";
  return fill(ngettext("Of %(count)s track only a part of it was predicted.", "Of %(count)s tracks only a part of it was predicted.", cut), { count: cut });
}

/** Bars that may be compared: of one output, unit and kind of average. */
function grouped(rows, said) {
  const groups = new Map();
  for (const row of rows) {
    const name = [row.track.output, row.unit, ...Object.values(row.mask)].join("|");
    if (!groups.has(name)) groups.set(name, { output: row.track.outputName, unit: row.unit, average: average(row, said), rows: [] });
    groups.get(name).rows.push(row);
  }
  for (const { rows: some } of groups.values()) some.sort((one, other) => other.value - one.value);
  return [...groups.values()];
}

/** What was averaged, in words. */
function average({ mask: { where, width, how }, mask_bp: bases }, { exons }) {
  if (where === "start") return fill(_("mean of %(width)s around its start"), { width: formatBp(width) });
  if (where === "end") return fill(_("mean of %(width)s around its end"), { width: formatBp(width) });
  const said = { count: exons.length, bases: formatBp(bases) };
  if (how === "max") return fill(ngettext("highest base of its exon, %(bases)s", "highest base of its %(count)s exons, %(bases)s", exons.length), said);
  return fill(ngettext("mean over its exon, %(bases)s", "mean over its %(count)s exons, %(bases)s", exons.length), said);
}

function drawing(groups, edited) {
  const heights = groups.map(({ rows }) => HEAD + FOOT + rows.length * BAR * (edited ? 1.6 : 1));
  const height = Math.round(heights.reduce((sum, one) => sum + one, 0)) + 8;
  const longest = Math.max(...groups.flatMap(({ rows }) => rows.map(({ track }) => Math.min(LABEL, track.name.length))));
  const left = Math.round(14 + LETTER * longest);
  const layout = plain({ height, margin: { l: left, r: 16, t: 4, b: 4 }, barmode: "group", bargap: 0.28, bargroupgap: 0.06, annotations: [] });
  const traces = [];
  let top = 0;
  for (const [at, { output, unit, average: what, rows }] of groups.entries()) {
    const number = at ? String(at + 1) : "";
    const up = (px) => 1 - px / (height - 8);
    const names = rows.map(({ track }) => track.name);
    const most = Math.max(0, ...rows.flatMap(({ value, reference }) => [value, reference ?? 0]));
    const least = Math.min(0, ...rows.flatMap(({ value, reference }) => [value, reference ?? 0]));
    const room = (most - least || 1) * 0.22; // for the number behind the longest bar
    layout[`yaxis${number}`] = {
      domain: [Math.max(0, up(top + heights[at] - FOOT)), up(top + HEAD)], autorange: "reversed", type: "category", fixedrange: true,
      tickvals: names, ticktext: names.map((name) => escape(shorten(name, LABEL))), ticks: "", anchor: `x${number}`, showgrid: false,
    };
    layout[`xaxis${number}`] = {
      anchor: `y${number}`, range: [least - (least < 0 ? room : 0), most + room], fixedrange: true, gridcolor: PALE, zerolinecolor: QUIET, nticks: 4, tickfont: { size: 10.5, color: QUIET },
    };
    const bold = `<b>${escape(term(output))}</b>`;
    const head = fill(_("%(output)s: %(what)s"), { output: bold, what: escape(what) });
    layout.annotations.push({
      text: `${head}<br><span style="font-size:10.5px">${escape(term(unit))}</span>`,
      xref: "paper", yref: "paper", x: 0, xanchor: "left", xshift: 2 - left, y: up(top), yanchor: "top", showarrow: false, align: "left", font: { size: 11.5 },
    });
    const axes = { type: "bar", orientation: "h", y: names, xaxis: `x${number}`, yaxis: `y${number}`, cliponaxis: false, textposition: "outside", textfont: { size: 10.5 } };
    const bars = (name, values, opacity) => ({
      ...axes, name, x: values, text: values.map((value) => (value === null ? "" : formatValue(value))),
      marker: { opacity, color: rows.map(({ track, sense }) => track.colour), pattern: { shape: rows.map(({ sense }) => (sense === false ? "/" : "")), solidity: 0.35 } },
      customdata: rows.map(({ track, sense }) => [track.name, sense === false ? _("other strand than the gene's") : ""]),
      hovertemplate: `%{customdata[0]}<br>${escape(name)}: %{x:.4g} ${escape(term(unit))}<br>%{customdata[1]}<extra></extra>`,
    });
    if (edited) traces.push(bars(_("Reference"), rows.map(({ reference }) => reference), 0.4));
    traces.push(bars(edited ? _("Edited") : _("Predicted"), rows.map(({ value }) => value), 1));
    top += heights[at];
  }
  return { traces, layout, config: CONFIG };
}

function table(groups, { gene, locus }) {
  const head = ["gene", "gene_id", "locus", "gene_strand", "track", "name", "output", "unit", "averaged", "same_strand", "value", "reference", "bases_with_value", "bases_asked"];
  const rows = groups.flatMap(({ output, average: what, rows: some }) => some.map((row) => [
    gene.name, gene.id, locus, gene.strand, row.key, row.track.name, output, row.unit, what, row.sense, row.value, row.reference, row.covered_bp, row.mask_bp,
  ]));
  return csv([head, ...rows]);
}
