// A logo as an igv.js track: each reference base as tall as what it contributes, below the line where it holds the signal down.

import { axis } from "./drawing.js";
import { _, fill } from "./language.js";

export const LOGO = "logo";
const COLOURS = { A: "#1a8f3c", C: "#1d62a8", G: "#d58a00", T: "#b3302a", N: "#7b8790" };
const LETTER_PX = 5; // narrower bases are bars
const FONT = "700 100px 'DejaVu Sans', 'Arial', sans-serif";

/** Teach igv.js the type; once per page. */
export function registerLogo(igv) {
  igv.registerTrackClass(LOGO, class extends igv.TrackBase {
    static defaults = { height: 84, autoscale: false, supportHiDPI: true };

    init(config) {
      super.init(config);
      this.type = LOGO;
      this.logo = config.logo; // {chromosome, start, reference, heights: [number | null]}
      this.dataRange = rangeOf(config.logo.heights);
    }

    menuItemList() { return []; }

    async getFeatures() { return []; }

    /** Other heights, as they come in. */
    show(logo) {
      this.logo = logo;
      this.dataRange = rangeOf(logo.heights);
      this.trackView?.repaintViews();
    }

    draw({ context, bpStart, bpPerPixel, pixelWidth, pixelHeight, referenceFrame }) {
      const { chromosome, start, reference, heights } = this.logo;
      if (referenceFrame.chr !== chromosome) return;
      const { min, max } = this.dataRange;
      const y = (value) => 2 + (max - value) / (max - min) * (pixelHeight - 4);
      const width = 1 / bpPerPixel;
      const first = Math.max(0, Math.floor(bpStart - start));
      const last = Math.min(heights.length, Math.ceil(bpStart + pixelWidth * bpPerPixel - start));
      for (let at = first; at < last; at++) {
        const height = heights[at];
        if (!height) continue;
        const x = (start + at - bpStart) / bpPerPixel;
        const [top, bottom] = [y(Math.max(0, height)), y(Math.min(0, height))];
        context.fillStyle = COLOURS[reference[at]] ?? COLOURS.N;
        if (width >= LETTER_PX) letter(context, reference[at], { x, top, width, height: bottom - top }, height < 0);
        else context.fillRect(x, top, Math.max(width, 0.7), bottom - top);
      }
      context.fillStyle = "rgba(90,105,115,.5)";
      context.fillRect(0, y(0), pixelWidth, 0.6);
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      axis(context, width, { top: 0, height }, { ...this.dataRange, signed: this.dataRange.min < 0 });
    }

    popupData({ genomicLocation }) {
      const at = Math.floor(genomicLocation) - this.logo.start;
      const height = this.logo.heights[at];
      if (height === undefined || height === null) return [];
      return [{ name: fill(_("%(base)s contributes"), { base: this.logo.reference[at] }), value: height.toPrecision(3) }];
    }

    getState() { return { type: LOGO, id: this.id, name: this.name }; }
  });
}

function rangeOf(heights) {
  const known = heights.filter((height) => height !== null);
  const max = Math.max(1e-9, ...known), min = Math.min(0, ...known);
  return { min, max };
}

/** One letter stretched into a box, upside down below the line. */
function letter(context, base, { x, top, width, height }, down) {
  if (height < 0.5) return;
  context.save();
  context.font = FONT;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  const box = context.measureText(base);
  const tall = box.actualBoundingBoxAscent + box.actualBoundingBoxDescent;
  const wide = box.actualBoundingBoxRight + box.actualBoundingBoxLeft;
  context.translate(x + width * 0.03, down ? top : top + height);
  context.scale((width * 0.94) / wide, (down ? -1 : 1) * height / tall);
  context.fillText(base, box.actualBoundingBoxLeft, -box.actualBoundingBoxDescent);
  context.restore();
}
