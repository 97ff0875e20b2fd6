// Plots of a scoring job, by Plotly: scores over the region, a saturation as a heat map.

import { _, fill } from "./language.js";
import { formatPosition } from "./locus.js";
import { term } from "./words.js";

const LAYOUT = {
  margin: { l: 58, r: 16, t: 8, b: 38 }, height: 260, paper_bgcolor: "#fff", plot_bgcolor: "#fff", showlegend: false,
  font: { family: "system-ui, sans-serif", size: 12, color: "#17212b" }, hovermode: "closest",
};
const CONFIG = {
  displaylogo: false, responsive: true, displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false, // a phone has no room modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  toImageButtonOptions: { format: "svg", filename: "locuscope-scores" },
};
const COLOURS = ["#0f6b73", "#c2571a"];
const DIVERGING = [[0, "#b3302a"], [0.5, "#ffffff"], [1, "#1d62a8"]];

/** Points by place; chromosomes side by side where there are several. onPoint(index) for a click. */
export function drawPoints(element, points, column, onPoint) {
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
  return window.Plotly.react(element, traces, layout, CONFIG).then(() => {
    element.removeAllListeners?.("plotly_click");
    element.on("plotly_click", ({ points: [hit] }) => onPoint(hit.customdata));
  });
}

/** Positions by bases; `range` [first, last] of the view, 1-based. */
export function drawMatrix(element, matrix, column, range) {
  const most = Math.max(1e-9, ...matrix.matrix.flat().map((value) => Math.abs(value ?? 0)));
  const positions = matrix.matrix.map((_, index) => matrix.start + index + 1);
  const rows = [...matrix.bases].map((_, base) => matrix.matrix.map((row) => row[base]));
  const trace = {
    type: "heatmap", x: positions, y: [...matrix.bases], z: rows, zmin: -most, zmax: most, colorscale: DIVERGING, xgap: matrix.matrix.length < 160 ? 1 : 0, ygap: 1,
    colorbar: { thickness: 10, title: { text: term(column.unit), side: "right" }, len: 0.95 }, hoverongaps: false,
    text: rows.map((row, base) => row.map((_, at) => `${formatPosition(matrix.start + at)} ${matrix.reference[at]}→${matrix.bases[base]}`)),
    hovertemplate: "%{text}<br>%{z:.4g}<extra></extra>",
  };
  const layout = {
    ...LAYOUT, height: 190, margin: { l: 50, r: 66, t: 8, b: 34 },
    xaxis: { tickformat: ",d", zeroline: false, showgrid: false, range: range ?? [positions[0] - 0.5, positions.at(-1) + 0.5] },
    yaxis: { autorange: "reversed", fixedrange: true, showgrid: false },
  };
  return window.Plotly.react(element, [trace], layout, CONFIG);
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
