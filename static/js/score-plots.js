// Plots of a scoring job, by Plotly: scores over the region, a saturation as a heat map.

import { _, fill } from "./language.js";
import { formatPosition } from "./locus.js";
import { CONFIG, withPictures } from "./plotly.js";
import { term } from "./words.js";

const LAYOUT = {
  margin: { l: 58, r: 16, t: 8, b: 38 }, height: 260, paper_bgcolor: "#fff", plot_bgcolor: "#fff", showlegend: false,
  font: { family: "system-ui, sans-serif", size: 12, color: "#17212b" }, hovermode: "closest",
};
const COLOURS = ["#0f6b73", "#c2571a"];
const LETTER_PX = 5; // narrower bases are bars
// In a box of 1 by 1, from its lower left corner; upside down where the height is negative.
const LETTERS = {
  A: { colour: "#1a8f3c", path: "M 0 0 L 0.36 1 L 0.64 1 L 1 0 L 0.78 0 L 0.7 0.26 L 0.3 0.26 L 0.22 0 Z M 0.37 0.44 L 0.63 0.44 L 0.5 0.82 Z" },
  C: { colour: "#1d62a8", path: "M 0.95 0.3 Q 0.86 0 0.52 0 Q 0.05 0 0.05 0.5 Q 0.05 1 0.52 1 Q 0.86 1 0.95 0.7 L 0.72 0.62 Q 0.68 0.8 0.52 0.8 Q 0.3 0.8 0.3 0.5 Q 0.3 0.2 0.52 0.2 Q 0.68 0.2 0.72 0.38 Z" },
  G: { colour: "#d58a00", path: "M 0.95 0.14 Q 0.8 0 0.53 0 Q 0.05 0 0.05 0.5 Q 0.05 1 0.53 1 Q 0.84 1 0.94 0.72 L 0.71 0.64 Q 0.66 0.8 0.53 0.8 Q 0.3 0.8 0.3 0.5 Q 0.3 0.2 0.53 0.2 Q 0.66 0.2 0.72 0.26 L 0.72 0.36 L 0.54 0.36 L 0.54 0.55 L 0.95 0.55 Z" },
  T: { colour: "#b3302a", path: "M 0 1 L 1 1 L 1 0.8 L 0.62 0.8 L 0.62 0 L 0.38 0 L 0.38 0.8 L 0 0.8 Z" },
  N: { colour: "#7b8790", path: "M 0.1 0 L 0.9 0 L 0.9 1 L 0.1 1 Z" },
};
const DIVERGING = [[0, "#b3302a"], [0.5, "#ffffff"], [1, "#1d62a8"]];

/** Plotly's configuration of a plot on the page of scores; `read()` as withPictures has it. */
export function configOf(read) {
  return { ...withPictures(read), displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false }; // a phone has no room
}

/** Points by place; chromosomes side by side where there are several. onPoint(index) for a click; `config` as configOf makes it. */
export function drawPoints(element, points, column, onPoint, config) {
  const several = points.chromosomes.length > 1;
  const offsets = offsetsOf(points);
  const traces = points.chromosomes.map((name, which) => {
    const at = points.chromosome.flatMap((one, index) => (one === which ? [index] : []));
    return {
      type: "scattergl", mode: "markers", name, customdata: at, marker: { size: 6, color: COLOURS[which % 2], opacity: 0.75 },
      x: at.map((index) => points.position[index] + 1 + offsets[which]), y: at.map((index) => points.value[index]),
      text: at.map((index) => fill(_("%(variant)s, row %(row)s"), { variant: points.variant[index], row: points.number[index] })),
      hovertemplate: "%{text}<br>%{y:.4g}<extra></extra>",
    };
  }).map((trace) => ({ ...trace, type: points.points > 1500 ? "scattergl" : "scatter" }));
  const ticks = several ? { tickvals: points.chromosomes.map((_, which) => middle(points, which) + offsets[which]), ticktext: points.chromosomes } : { tickformat: ",d" };
  const layout = {
    ...LAYOUT, xaxis: { title: { text: several ? "" : points.chromosomes[0] ?? "" }, zeroline: false, gridcolor: "#eef1f2", ...ticks },
    yaxis: { title: { text: term(column.unit) }, zerolinecolor: "#9aa5ab", gridcolor: "#eef1f2" },
  };
  return window.Plotly.react(element, traces, layout, config).then(() => {
    element.removeAllListeners?.("plotly_click");
    element.on("plotly_click", ({ points: [hit] }) => onPoint(hit.customdata));
  });
}

/** Positions by bases; `range` [first, last] of the view, 1-based. */
export function drawMatrix(element, matrix, column, range, config) {
  const { trace, layout } = heatMap(matrix, column, range);
  return window.Plotly.react(element, [trace], layout, config);
}

/** The same under a logo: each reference base as tall as what it contributes, below the line where it holds the signal down. */
export function drawSaturation(element, matrix, column, range) {
  const { trace, layout } = heatMap(matrix, column, range);
  const { start, reference, contributions } = matrix;
  const positions = contributions.map((_, at) => start + at + 1);
  const [first, last] = layout.xaxis.range;
  const known = contributions.filter((height) => height !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(1e-9, ...known)];
  const letters = element.clientWidth / (last - first) >= LETTER_PX;
  const heights = { // bars where a letter would be too narrow; with letters only what the pointer reads
    type: "bar", x: positions, y: contributions, yaxis: "y2", width: 0.9, opacity: letters ? 0 : 1, marker: { color: [...reference].map((base) => LETTERS[base]?.colour ?? LETTERS.N.colour) },
    text: positions.map((position, at) => `${formatPosition(position - 1)} ${reference[at]}`), textposition: "none", hovertemplate: "%{text}<br>%{y:.4g}<extra></extra>",
  };
  return window.Plotly.react(element, [{ ...trace, colorbar: { ...trace.colorbar, len: 0.5, y: 0.22 } }, heights], {
    ...layout, height: 330, shapes: letters ? positions.flatMap((position, at) => letter(reference[at], position, contributions[at], first, last)) : [],
    annotations: [{ ...layout.annotations[0], y: 0.22 }], yaxis: { ...layout.yaxis, domain: [0, 0.44] },
    yaxis2: { domain: [0.52, 1], range: [low * 1.05, high * 1.05], fixedrange: true, showgrid: false, zerolinecolor: "#9aa5ab", nticks: 4, tickfont: { size: 10.5 } },
  }, CONFIG);
}

/** A base's letter over the line at its position, as a shape; none outside of the range. */
function letter(base, position, height, first, last) {
  if (!height || position < first || position > last) return [];
  const { colour, path } = LETTERS[base] ?? LETTERS.N;
  let across = true; // numbers come as x, y
  const place = path.replace(/[\d.]+/g, (number) => {
    const at = across ? position - 0.46 + 0.92 * Number(number) : height * Number(number);
    across = !across;
    return at.toPrecision(10);
  });
  return [{ type: "path", path: place, xref: "x", yref: "y2", fillcolor: colour, line: { width: 0 } }];
}

function heatMap(matrix, column, range) {
  const most = Math.max(1e-9, ...matrix.matrix.flat().map((value) => Math.abs(value ?? 0)));
  const positions = matrix.matrix.map((_, index) => matrix.start + index + 1);
  const rows = [...matrix.bases].map((_, base) => matrix.matrix.map((row) => row[base]));
  const trace = {
    type: "heatmap", x: positions, y: [...matrix.bases], z: rows, zmin: -most, zmax: most, colorscale: DIVERGING, xgap: matrix.matrix.length < 160 ? 1 : 0, ygap: 1,
    // Inside of the margin, as its unit: what is wider would push the heat map out of line with the browser above it.
    colorbar: { x: 1, xpad: 3, thickness: 8, nticks: 4, tickfont: { size: 10 }, len: 0.95 }, hoverongaps: false,
    text: rows.map((row, base) => row.map((_, at) => `${formatPosition(matrix.start + at)} ${matrix.reference[at]}→${matrix.bases[base]}`)),
    hovertemplate: "%{text}<br>%{z:.4g}<extra></extra>",
  };
  const layout = {
    ...LAYOUT, height: 190, margin: { l: 50, r: 56, t: 8, b: 34 },
    xaxis: { tickformat: ",d", zeroline: false, showgrid: false, range: range ?? [positions[0] - 0.5, positions.at(-1) + 0.5] },
    yaxis: { autorange: "reversed", fixedrange: true, showgrid: false },
    annotations: [{ text: term(column.unit), textangle: 90, showarrow: false, xref: "paper", x: 1, xshift: 50, xanchor: "center", yref: "paper", y: 0.5, font: { size: 11 } }],
  };
  return { trace, layout };
}

/** Keep a heat map in step with the genome browser. */
export function follow(element, { start, end }) {
  return window.Plotly.relayout(element, { "xaxis.range": [start + 0.5, end + 0.5] });
}

function offsetsOf({ chromosomes, chromosome, position }) {
  const longest = chromosomes.map(() => 0);
  for (const [index, which] of chromosome.entries()) longest[which] = Math.max(longest[which], position[index]);
  let total = 0;
  return longest.map((length) => {
    const offset = total;
    total += length * 1.03 + 1;
    return offset;
  });
}

function middle({ chromosome, position }, which) {
  return Math.max(0, ...position.filter((_, index) => chromosome[index] === which)) / 2;
}
