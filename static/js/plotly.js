// Plotly: loaded when somebody opens what it draws, and what all of its drawings share.

import { wrapped } from "./credit.js";
import { _ } from "./language.js";
import { localise } from "./plot-language.js";

const LETTER = 6, LINE = 15; // px of a letter under a title, and of its line
const DOWN = { width: 24, height: 24, path: "M12 3v10l4-4 1.5 1.5L12 16l-5.5-5.5L8 9l4 4V3zM4 18h16v2H4z" };
let loading = null;

/** Plotly's script from `source`, once per page. */
export function loadPlotly(source) {
  loading ??= window.Plotly ? Promise.resolve() : new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = source;
    element.addEventListener("load", () => { localise(window.Plotly); resolve(); });
    element.addEventListener("error", () => {
      loading = null; // the next one tries again
      reject(new Error(_("The plot could not be loaded; load the page again.")));
    });
    document.head.append(element);
  });
  return loading;
}

export const INK = "#17212b";
export const PALE = "#e6ebed";
export const QUIET = "#66727a";
const FONT = { family: "system-ui, sans-serif", size: 12, color: INK };

/** A layout on white, which the dark theme inverts as it does the tracks. */
export function plain(layout) {
  return { paper_bgcolor: "#fff", plot_bgcolor: "#fff", font: FONT, showlegend: false, hovermode: "closest", dragmode: false, ...layout };
}

export const CONFIG = { displaylogo: false, responsive: true, displayModeBar: false };

/** Download what a plot shows as "png" or "svg", with `title` and `about` written above it and `credit` below. */
export function downloadPlot(plot, form, { title, about = "", name, credit }) {
  const { width, height, _size: margin } = plot._fullLayout;
  const wide = Math.max(width, 640), most = Math.floor((wide - 20) / LETTER);
  const head = about ? wrapped(about, most) : [], foot = wrapped(credit, most);
  const above = 34 + LINE * head.length, below = 10 + LINE * foot.length;
  const small = (line) => `<span style="font-size:11px">${escape(line)}</span>`;
  const words = { align: "left", showarrow: false, xref: "paper", x: 0, xanchor: "left", xshift: 8 - margin.l, yref: "paper" };
  const axes = Object.entries(plot.layout).filter(([key, axis]) => key.startsWith("xaxis") && axis.title?.text);
  const near = Object.fromEntries(axes.map(([key, axis]) => [key, { ...axis, title: { ...axis.title, standoff: 8 } }])); // else it takes the room below
  const layout = {
    ...plot.layout, ...near, autosize: false, width: wide, height: height + above + below, margin: { ...plot.layout.margin, t: margin.t + above, b: margin.b + below },
    annotations: [
      ...plot.layout.annotations ?? [],
      { ...words, text: [`<b>${escape(title)}</b>`, ...head.map(small)].join("<br>"), font: { size: 14 }, y: 1, yanchor: "bottom", yshift: margin.t + 4 },
      { ...words, text: foot.map(small).join("<br>"), font: { color: QUIET }, y: 0, yanchor: "top", yshift: -margin.b - 2 },
    ],
  };
  return window.Plotly.downloadImage({ data: plot.data, layout }, { format: form, scale: form === "png" ? 3 : 1, filename: name, width: layout.width, height: layout.height });
}

/** Plotly's own buttons over a plot; those for pictures draw them as downloadPlot does. `read()`: what that is told. */
export function withPictures(read) {
  const button = (form, text) => ({ name: text, title: text, icon: DOWN, click: (plot) => downloadPlot(plot, form, read()) });
  return {
    displaylogo: false, responsive: true,
    modeBarButtonsToRemove: ["toImage", "lasso2d", "select2d", "autoScale2d", "sendChartToCloud"], // the last would send the data elsewhere
    modeBarButtonsToAdd: [button("png", _("Download as PNG")), button("svg", _("Download as SVG"))],
  };
}

/** Rows of a table as CSV; the first names the columns. Numbers are written as they are drawn. */
export function csv(rows) {
  const cell = (value) => {
    if (value === null || value === undefined || value !== value) return "";
    const text = String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

export function downloadText(text, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Colours of lines in one plot: those that are alike become shades, from dark to light; `kinds` are told apart by their dashes. */
export function apart(colours, kinds) {
  const names = colours.map((colour, at) => `${colour} ${kinds[at]}`);
  const used = new Map();
  return colours.map((colour, which) => {
    const name = names[which], count = names.filter((other) => other === name).length, at = used.get(name) ?? 0;
    used.set(name, at + 1);
    if (count === 1) return colour;
    const share = (at / (count - 1)) * 1.05 - 0.45; // below 0 towards ink, above towards paper
    const parts = colour.startsWith("#") ? [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16)) : colour.match(/\d+/g).slice(0, 3).map(Number);
    return `rgb(${parts.map((part) => Math.round(share < 0 ? part * (1 + share) : part + (255 - part) * share)).join(",")})`;
  });
}

/** Plotly reads a little markup in its texts. */
export function escape(text) { return String(text).replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]); }

/** A name that fits a narrow axis; its strand stays. */
export function shorten(text, most) {
  const [strand] = / \([+-]\)$/.exec(text) ?? [""];
  return text.length > most ? `${text.slice(0, most - 1 - strand.length)}…${strand}` : text;
}
