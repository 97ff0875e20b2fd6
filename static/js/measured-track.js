// What was measured, as an igv.js track under its prediction: grey-toned bars with an outline in the prediction's colour.

import { largest, valueAt } from "./bins.js";
import { axis, hatch, Lane } from "./drawing.js";
import { _, fill } from "./language.js";
import { valueText } from "./words.js";

export const MEASURED = "measured";
const PAPER = 0.62; // how far the bars' tone is towards grey

/** Teach igv.js the type; once per page. */
export function registerMeasured(igv) {
  igv.registerTrackClass(MEASURED, class extends igv.TrackBase {
    static defaults = { height: 34, autoscale: true, supportHiDPI: true };

    init(config) {
      super.init(config);
      this.measured = config.measured; // {name, unit, resolution, summary, chromosome, length, load, beside, about}
      this.type = MEASURED;
      this.resolutionAware = true;
      this.dataRange = { min: 0, max: 1 };
    }

    menuItemList() { return this.numericDataMenuItems(); }

    async getFeatures(chromosome, start, end, bpPerPixel) {
      const { load, beside } = this.measured;
      if (chromosome !== this.measured.chromosome) return drawn(null, []);
      const [data, other] = await Promise.all([load(start, end, bpPerPixel), beside?.(start, end, bpPerPixel)]);
      return drawn(data, [data, other]);
    }

    doAutoscale(features) {
      return { min: 0, max: Math.max(0, ...features.map((feature) => feature.value)) };
    }

    draw({ features, context, bpStart, bpPerPixel, pixelWidth, pixelHeight, referenceFrame }) {
      if (referenceFrame.chr !== this.measured.chromosome) hatch(context, 0, pixelWidth, pixelHeight);
      const { min, max } = this.dataRange;
      if (!features?.data || !(max > min)) return;
      const view = { bpStart, bpPerPixel, pixelWidth, summary: this.measured.summary };
      const lane = new Lane(context, view, { top: 0, height: pixelHeight, min, max });
      const columns = lane.columns(features.data);
      lane.bars(columns, greyed(this.color));
      lane.outline(columns, this.color);
      unmeasured(context, columns, pixelHeight);
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      axis(context, width, { top: 0, height }, this.dataRange);
    }

    popupData({ genomicLocation, viewport }) {
      const data = viewport.cachedFeatures?.data;
      if (!data) return [];
      const { name, about } = this.measured;
      return [{ name: fill(_("Measured: %(name)s"), { name }), value: valueText(this.measured, valueAt(data, genomicLocation), data.width) }, ...about];
    }

    getState() { return { type: MEASURED, id: this.id, name: this.name }; }
  });
}

/** What igv.js keeps per view; the axis ends at the largest value of `together` that is in view. */
function drawn(data, together) {
  return {
    data,
    getMax: (start, end) => Math.max(1e-6, ...together.map((one) => (one ? largest(one, start, end) : 0))),
    getMin: () => 0,
  };
}

/** Hatched where nothing was measured. */
function unmeasured(context, columns, height) {
  for (let pixel = 0, from = -1; pixel <= columns.length; pixel++) {
    const empty = pixel < columns.length && columns[pixel] !== columns[pixel];
    if (empty && from < 0) from = pixel;
    if (!empty && from >= 0) {
      hatch(context, from, pixel, height);
      from = -1;
    }
  }
}

/** The same colour, nearly grey. */
function greyed(colour) {
  const parts = colour.startsWith("#") ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) : colour.match(/\d+/g).slice(0, 3).map(Number);
  return `rgb(${parts.map((part) => Math.round(part + (178 - part) * PAPER)).join(",")})`;
}
