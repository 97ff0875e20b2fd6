// A contact map as an igv.js track: a triangle over the locus, each cell above the middle of its two bins, higher the farther they
// are apart. Of an edited sequence: the edited map above, the reference's mirrored below, and the difference.

import { formatValue } from "./bins.js";
import { difference, pairAt, reachOf } from "./contact-windows.js";
import { CHANGE_COLOURS, CONTACT_COLOURS, stepOf } from "./diverging.js";
import { hatch } from "./drawing.js";
import { _, fill } from "./language.js";
import { formatBp, formatLocus } from "./locus.js";
import { describe, MODES } from "./predicted-track.js";
import { term } from "./words.js";

export const CONTACTS = "contactmap";
export const CONTACT_HEIGHTS = { both: 270, overlay: 200, difference: 120 };
const HEIGHT = 150;
const LEAST_BINS = 8; // as far as this is drawn, however close the view
const LEAST_CHANGE = 0.02; // of the end of the colours: a difference is never blown up beyond that
const MISSING = "#dfe4e7", INK = "#5c6a74";

/** Teach igv.js the type; once per page. `onSquare(track)`: somebody wants the square view. */
export function registerContacts(igv, onSquare) {
  igv.registerTrackClass(CONTACTS, class extends igv.TrackBase {
    static defaults = { height: HEIGHT, supportHiDPI: true };

    init(config) {
      super.init(config);
      // {key, name, unit, resolution, scale, interval, contacts: ContactLoader, about, edited, suffix}
      this.signal = config.signal;
      this.mode = config.mode ?? MODES[0];
      this.heights = CONTACT_HEIGHTS;
      this.type = CONTACTS;
      this.resolutionAware = true;
      this.change = 1; // where the colours of the difference end
      this.description = () => describe(this.signal);
    }

    menuItemList() { return [{ label: _("Square view of the contact map"), click: () => onSquare(this) }]; }

    contextMenuItemList() { return this.menuItemList(); }

    /** {map, reference, change}: squares of cells, null where there is none. */
    async getFeatures(chromosome, start, end, bpPerPixel) {
      const { key, interval, contacts, edited, suffix } = this.signal;
      if (chromosome !== interval.chromosome) return { map: null };
      const keys = edited ? [key, `${key}:ref`] : [key + suffix];
      const beside = this.#reach((end - start) / 3) / 2; // pairs above the view's edges lie half outside; igv.js asks for three views
      const [map, reference = null] = await Promise.all(keys.map((one) => contacts.load(one, start - beside, end + beside, bpPerPixel)));
      return { map, reference, change: map && reference ? difference(map, reference) : null };
    }

    draw({ features, context, bpStart, bpPerPixel, pixelWidth, pixelHeight, viewportWidth, referenceFrame }) {
      const { interval, scale } = this.signal;
      hatch(context, 0, pixelWidth, pixelHeight);
      if (referenceFrame.chr !== interval.chromosome || !features?.map) return;
      this.reach = this.#reach((viewportWidth ?? pixelWidth) * bpPerPixel);
      if (features.change) this.change = reachOf(features.change, LEAST_CHANGE * (scale || 1));
      const view = { bpStart, bpPerPixel, pixelWidth, reach: this.reach };
      for (const lane of this.#lanes(pixelHeight)) {
        const triangle = new Triangle(context, view, lane);
        triangle.ground(interval);
        const map = { map: features.map, reference: features.reference, change: features.change }[lane.what];
        const changed = lane.what === "change";
        if (map) triangle.cells(map, changed ? CHANGE_COLOURS : CONTACT_COLOURS, changed ? this.change : scale || 1);
      }
    }

    /** How far apart bins are at the height of a lane. */
    #reach(viewBp) {
      const { interval, resolution } = this.signal;
      return Math.max(LEAST_BINS * resolution, Math.min(viewBp, interval.end - interval.start));
    }

    /** [{what, top, height, down}] from the top. */
    #lanes(height) {
      if (!this.signal.edited) return [{ what: "map", top: 0, height, down: false }];
      if (this.mode === "difference") return [{ what: "change", top: 0, height, down: false }];
      const half = Math.round(height * (this.mode === "overlay" ? 0.5 : 0.34));
      const two = [{ what: "map", top: 0, height: half, down: false }, { what: "reference", top: half, height: half, down: true }];
      return this.mode === "overlay" ? two : [...two, { what: "change", top: 2 * half + 4, height: height - 2 * half - 4, down: false }];
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      for (const { what, top, height: tall } of this.#lanes(height)) {
        const changed = what === "change";
        bar(context, width, { top, height: tall }, changed ? CHANGE_COLOURS : CONTACT_COLOURS, changed ? this.change : this.signal.scale || 1);
        context.fillText({ map: this.signal.edited ? _("edited") : "", reference: _("ref."), change: _("diff.") }[what], width - 13, top + tall / 2);
      }
    }

    popupData({ genomicLocation, y, viewport }) {
      const drawn = viewport.cachedFeatures;
      const { interval, name, unit, resolution, about } = this.signal;
      const height = viewport.viewportElement.clientHeight;
      const lane = this.#lanes(height).find(({ top, height: tall }) => y >= top && y < top + tall);
      if (!drawn?.map || !lane || !this.reach) return [];
      const apart = ((lane.down ? y - lane.top : lane.top + lane.height - y) / lane.height) * this.reach;
      const ends = [genomicLocation - apart / 2, genomicLocation + apart / 2];
      const pair = pairAt(drawn.map, ...ends);
      if (!pair) return [];
      const { width } = drawn.map;
      const places = [pair.first, pair.second].map((start) => formatLocus({ chromosome: interval.chromosome, start, end: Math.min(start + width, interval.end) }));
      const other = drawn.reference && pairAt(drawn.reference, ...ends);
      return [
        { name: _("One place"), value: places[0] },
        { name: _("Other place"), value: places[1] },
        { name: _("Apart"), value: formatBp(pair.second - pair.first) },
        ...(other ? [
          { name, value: fill(_("reference %(reference)s, edited %(edited)s"), { reference: formatValue(other.value), edited: `${formatValue(pair.value)} ${term(unit)}` }) },
          { name: _("Edited − reference"), value: formatValue(pair.value - other.value) },
        ] : [{ name, value: `${formatValue(pair.value)} ${term(unit)}` }]),
        { name: _("Bins"), value: width > resolution ? fill(_("%(width)s, means of %(resolution)s"), { width: formatBp(width), resolution: formatBp(resolution) }) : formatBp(width) },
        ...about(),
      ];
    }

    getState() { return { type: CONTACTS, id: this.id, name: this.name }; }
  });
}

/** A lane's triangle on a canvas; `down`: its diagonal is above. */
class Triangle {
  constructor(context, { bpStart, bpPerPixel, pixelWidth, reach }, { top, height, down }) {
    this.context = context;
    this.pixelWidth = pixelWidth;
    this.reach = reach;
    this.x = (base) => (base - bpStart) / bpPerPixel;
    this.y = (apart) => {
      const far = (Math.min(apart, reach) / reach) * height;
      return down ? top + far : top + height - far;
    };
  }

  /** What was predicted: pairs that both lie in the interval. */
  ground({ start, end }) {
    const { context, x, y, reach } = this;
    const far = Math.min(end - start, reach); // the tip, or where the lane's edge cuts it off
    context.fillStyle = "#fff";
    context.beginPath();
    for (const [base, apart] of [[start, 0], [start + far / 2, far], [end - far / 2, far], [end, 0]]) context.lineTo(x(base), y(apart));
    context.closePath();
    context.fill();
  }

  /** One path per colour; corners are cut off at the lane's edges. */
  cells({ start, width, size, values }, colours, end) {
    const { pixelWidth, reach, x } = this;
    const byColour = new Map();
    const half = x(start + width / 2) - x(start);
    for (let first = 0; first < size; first++) {
      for (let second = first; second < size; second++) {
        const apart = (second - first) * width;
        if (apart - width >= reach) break;
        const middle = x(start + ((first + second + 1) / 2) * width);
        if (middle + half < 0 || middle - half > pixelWidth) continue;
        const value = values[first * size + second];
        const colour = value === value ? colours[stepOf(value, end)] : MISSING;
        if (!byColour.has(colour)) byColour.set(colour, []);
        byColour.get(colour).push([middle, half, apart, width]);
      }
    }
    for (const [colour, cells] of byColour) this.#fill(colour, cells);
  }

  #fill(colour, cells) {
    const { context, reach, y } = this;
    const more = 0.35; // px over the edge, so that no light shines between neighbours
    context.fillStyle = colour;
    context.beginPath();
    for (const [middle, half, apart, width] of cells) {
      const [near, far] = [Math.max(0, apart - width), Math.min(reach, apart + width)];
      const nearHalf = near ? half * (1 - (apart - near) / width) : half * (1 - apart / width); // of the cut edges
      const farHalf = half * (1 - (far - apart) / width);
      const corners = [
        [-nearHalf, near], [-half - more, Math.min(apart, reach)], [-farHalf, far], [farHalf, far], [half + more, Math.min(apart, reach)], [nearHalf, near],
      ];
      corners.forEach(([sideways, at], corner) => {
        if (corner) context.lineTo(middle + sideways, y(at));
        else context.moveTo(middle + sideways, y(at));
      });
      context.closePath();
    }
    context.fill();
  }
}

/** A bar of colours with its ends, beside a lane. */
function bar(context, width, { top, height }, colours, end) {
  const tall = height - 8;
  const step = tall / colours.length;
  colours.forEach((colour, at) => {
    context.fillStyle = colour;
    context.fillRect(width - 9, top + 4 + tall - (at + 1) * step, 6, step + 0.5);
  });
  context.font = "10px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillStyle = INK;
  context.textBaseline = "top";
  const said = formatValue(Number(end.toPrecision(2)));
  context.fillText(`+${said}`, width - 13, top + 3, width - 15);
  context.textBaseline = "bottom";
  context.fillText(`−${said}`, width - 13, top + height - 3, width - 15);
  context.textBaseline = "middle";
}
