// Plotly: loaded when somebody opens what it draws, and what all of its drawings share.

import { _ } from "./language.js";
import { localise } from "./plot-language.js";

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

export const INK = "#17212b", PALE = "#e6ebed", QUIET = "#66727a";
const FONT = { family: "system-ui, sans-serif", size: 12, color: INK };

/** A layout on white, which the dark theme inverts as it does the tracks. */
export function plain(layout) {
  return { paper_bgcolor: "#fff", plot_bgcolor: "#fff", font: FONT, showlegend: false, hovermode: "closest", dragmode: false, ...layout };
}

export const CONFIG = { displaylogo: false, responsive: true, displayModeBar: false };

/** Download what a plot shows as "png" or "svg", with `title` and `about` written above it. */
export function downloadPlot(plot, form, { title, about, name }) {
  const { width, height, margin } = plot._fullLayout;
  const room = 46;
  const words = { text: `${escape(title)}<br><span style="font-size:11px">${escape(about)}</span>`, x: 0.01, xanchor: "left", y: 1, yanchor: "top", yref: "container", pad: { t: 10 }, font: { size: 14 } };
  const layout = { ...plot.layout, autosize: false, width: Math.max(width, 640), height: height + room, title: words, margin: { ...plot.layout.margin, t: margin.t + room } };
  return window.Plotly.downloadImage({ data: plot.data, layout }, { format: form, scale: form === "png" ? 3 : 1, filename: name, width: layout.width, height: layout.height });
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

/** Colours of lines in one plot: those that are alike become shades, from dark to light. */
export function apart(colours) {
  const seen = new Map();
  for (const colour of colours) seen.set(colour, (seen.get(colour) ?? 0) + 1);
  const used = new Map();
  return colours.map((colour) => {
    const count = seen.get(colour), at = used.get(colour) ?? 0;
    used.set(colour, at + 1);
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
