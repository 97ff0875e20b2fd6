// Many signals in one igv.js track: a row each, the darker the higher, with names beside them and a scale below.

import { formatValue, largest, pixelColumns, valueAt } from "./bins.js";
import { hatch } from "./drawing.js";
import { _, fill, ngettext } from "./language.js";
import { formatBp } from "./locus.js";
import { term, valueText } from "./words.js";

export const HEAT = "predicted-heat";
const FOOT = 18; // pixels, for the scale
const LABELLED = 8; // rows less tall have no names
const STEPS = 64; // shades

/** Teach igv.js the type; once per page. `menu(track)`: our items for a track's menu. */
export function registerHeat(igv, menu) {
  igv.registerTrackClass(HEAT, class extends igv.TrackBase {
    static defaults = { height: 200, autoscale: true, supportHiDPI: true };

    init(config) {
      super.init(config);
      this.type = HEAT;
      this.signal = config.signal;
      this.mode = config.mode;
      this.resolutionAware = true;
      this.dataRange = config.fixed ?? { min: 0, max: 1 };
      if (config.fixed) this.autoscale = false;
      this.highest = []; // of each row in view
      this.description = () => document.createTextNode(this.#about());
    }

    #about() {
      const count = this.signal.signals.length;
      return fill(ngettext("%(count)s signal in %(unit)s; click a cell for its value.", "%(count)s signals in %(unit)s; click a cell for its value.", count), {
        count, unit: term(this.signal.unit),
      });
    }

    menuItemList() { return [...menu(this), ...(this.shared ? this.numericDataMenuItems() : [])]; }

    get shared() { return this.mode.endsWith(":shared"); }

    async getFeatures(chromosome, start, end, bpPerPixel) {
      const { signals, interval, loader, suffix, least } = this.signal;
      if (chromosome !== interval.chromosome) return { rows: null, getMax: () => least, getMin: () => 0 };
      const rows = await Promise.all(signals.map(({ key }) => loader.load(key + suffix, start, end, bpPerPixel)));
      return {
        rows: rows[0] ? rows : null,
        getMax: (from, to) => {
          this.highest = rows.map((data, at) => Math.max(signals[at].least ?? 0, data ? largest(data, from, to) : 0));
          return Math.max(least, ...this.highest);
        },
        getMin: () => 0,
      };
    }

    doAutoscale(features) { return { min: 0, max: Math.max(1e-9, ...features.map(({ value }) => value)) }; }

    #rowHeight(height) { return (height - FOOT) / this.signal.signals.length; }

    draw({ features, context, bpStart, bpPerPixel, pixelWidth, pixelHeight, referenceFrame }) {
      const { interval, signals } = this.signal;
      const here = referenceFrame.chr === interval.chromosome;
      const from = here ? Math.max(0, (interval.start - bpStart) / bpPerPixel) : pixelWidth;
      const to = here ? Math.min(pixelWidth, (interval.end - bpStart) / bpPerPixel) : pixelWidth;
      const body = pixelHeight - FOOT;
      hatch(context, 0, Math.min(from, pixelWidth), body);
      hatch(context, Math.max(to, 0), pixelWidth, body);
      if (!features?.rows) return;
      const each = this.#rowHeight(pixelHeight);
      const shades = ramp(this.color || this.signal.colour);
      features.rows.forEach((data, at) => {
        const top = this.shared ? this.dataRange.max : this.highest[at];
        const low = this.shared ? this.dataRange.min : 0;
        const columns = pixelColumns(data, bpStart, bpPerPixel, Math.ceil(pixelWidth), signals[at].summary);
        const gap = each >= LABELLED ? 1 : 0;
        let begin = 0, shade = -1;
        for (let pixel = 0; pixel <= columns.length; pixel++) {
          const value = pixel < columns.length ? columns[pixel] : NaN;
          const next = value === value ? Math.round((STEPS - 1) * Math.min(1, Math.max(0, (value - low) / (top - low || 1)))) : -1;
          if (next === shade && pixel < columns.length) continue;
          if (shade >= 0) {
            context.fillStyle = shades[shade];
            context.fillRect(begin, at * each, pixel - begin, each - gap);
          }
          begin = pixel;
          shade = next;
        }
      });
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      const { signals, colour } = this.signal;
      const each = this.#rowHeight(height);
      context.fillStyle = "#44525c";
      context.font = `${Math.min(10, Math.max(7, each - 2))}px system-ui, sans-serif`;
      context.textAlign = "right";
      context.textBaseline = "middle";
      if (each >= LABELLED) signals.forEach((one, at) => context.fillText(shorten(context, labelOf(one), width - 6), width - 4, (at + 0.5) * each));
      const shades = ramp(this.color || colour);
      const top = height - FOOT + 4;
      for (let x = 0; x < width - 8; x++) {
        context.fillStyle = shades[Math.floor(x / (width - 8) * STEPS)];
        context.fillRect(x + 4, top, 1, 4);
      }
      context.fillStyle = "#44525c";
      context.font = "9px system-ui, sans-serif";
      context.textBaseline = "bottom";
      context.fillText(this.shared ? formatValue(this.dataRange.max) : _("row max"), width - 4, height);
      context.textAlign = "left";
      context.fillText(this.shared ? formatValue(this.dataRange.min) : "0", 4, height);
    }

    popupData({ genomicLocation, y, viewport }) {
      const { signals, about } = this.signal;
      const at = Math.floor(y / this.#rowHeight(this.height));
      const data = viewport.cachedFeatures?.rows?.[at];
      if (!data) return [];
      const { name, resolution } = signals[at];
      return [{ name, value: valueText(signals[at], valueAt(data, genomicLocation), data.width) }, { name: _("Resolution"), value: formatBp(resolution) }, ...about(at)];
    }

    // State of a predicted track lives in our page, not in an igv.js session.
    getState() { return { type: HEAT, id: this.id, name: this.name }; }
  });
}

function labelOf({ known, name, strand }) {
  return known?.factor ? `${known.factor}` : strand === "." ? name : name.replace(/^(.*) \(([+-])\)$/, "$2 $1");
}

function shorten(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}

/** From nearly white to the colour, then darker. */
function ramp(colour) {
  const paint = document.createElement("canvas").getContext("2d");
  paint.fillStyle = colour;
  const hex = paint.fillStyle;
  const full = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return Array.from({ length: STEPS }, (_, step) => {
    const share = step / (STEPS - 1);
    const mixed = full.map((part) => (share < 0.75 ? 244 + (part - 244) * (share / 0.75) : part * (1 - (share - 0.75))));
    return `rgb(${mixed.map(Math.round).join(",")})`;
  });
}
