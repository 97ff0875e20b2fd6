// Splice junctions as an igv.js track: an arc over each intron, as wide and dark as the reads that are expected across it. The forward
// strand's arcs stand on the line, the reverse strand's hang from it. Of an edited sequence: the reference's are dashed beside them.

import { formatValue } from "./bins.js";
import { hatch } from "./drawing.js";
import { _, fill, percent } from "./language.js";
import { formatBp, formatLocus } from "./locus.js";
import { describe, MODES } from "./predicted-track.js";
import { term } from "./words.js";

export const JUNCTIONS = "predictedjunctions";
export const JUNCTION_HEIGHTS = { both: 84, overlay: 84, difference: 84 };
const SHARES = [0, 0.05, 0.25, 0.5]; // of the strongest: what the menu lets hide
const REFERENCE = "#7b8790", MORE = "#1d62a8", LESS = "#b3302a", INK = "#2c3a44";
const CLOSE = 6; // px from an arc that still mean it
const LABEL_PX = 13;
const BESIDE = 8; // px that the reference's arc is taller, so that both are seen

/** Teach igv.js the type; once per page. */
export function registerJunctions(igv) {
  igv.registerTrackClass(JUNCTIONS, class extends igv.TrackBase {
    static defaults = { height: 84, supportHiDPI: true };

    init(config) {
      super.init(config);
      // {key, name, unit, strand, highest, interval, junctions: (keys) => Promise, about, edited, suffix}
      this.signal = config.signal;
      this.mode = config.mode ?? MODES[0];
      this.heights = JUNCTION_HEIGHTS;
      this.share = SHARES[1]; // weaker ones are hidden
      this.type = JUNCTIONS;
      this.description = () => describe(this.signal);
    }

    get least() { return this.share * (this.signal.highest || 0); }

    menuItemList() {
      return ["<hr/>", ...SHARES.map((share) => ({
        label: (share === this.share ? "✓ " : "") + (share ? fill(_("Hide junctions below %(share)s of the strongest"), { share: percent(share) }) : _("Show all junctions")),
        click: () => {
          this.share = share;
          this.trackView.repaintViews();
        },
      }))];
    }

    /** {arcs: [{start, end, value, reference}]}: `reference` of the reference's; all of the prediction, which are few. */
    async getFeatures(chromosome) {
      const { key, interval, junctions, edited, suffix } = this.signal;
      if (chromosome !== interval.chromosome) return { arcs: [] };
      const found = await junctions(edited ? [key, `${key}:ref`] : [key + suffix]);
      return { arcs: found.map((one) => ({ ...one, reference: one.track.endsWith(":ref") })) };
    }

    /** What is drawn of them in this mode. */
    #shown({ arcs }) {
      if (!this.signal.edited || this.mode !== "difference") return arcs.filter(({ value }) => value >= this.least);
      return changes(arcs).filter(({ value }) => Math.abs(value) >= this.least && value !== 0);
    }

    draw({ features, context, bpStart, bpPerPixel, pixelWidth, pixelHeight, referenceFrame }) {
      const { interval, strand } = this.signal;
      const here = referenceFrame.chr === interval.chromosome;
      const x = (base) => (base - bpStart) / bpPerPixel;
      const [from, to] = here ? [x(interval.start), x(interval.end)] : [pixelWidth, pixelWidth];
      hatch(context, 0, Math.min(Math.max(from, 0), pixelWidth), pixelHeight);
      hatch(context, Math.max(Math.min(to, pixelWidth), 0), pixelWidth, pixelHeight);
      if (!here || !features) return;
      const ground = strand === "-" ? 4 : pixelHeight - 4;
      context.fillStyle = "rgba(90,105,115,.5)";
      context.fillRect(Math.max(0, from), ground, Math.max(0, Math.min(to, pixelWidth) - Math.max(0, from)), 1);
      if (!features.arcs.length) {
        context.fillStyle = REFERENCE;
        context.font = "11px system-ui, sans-serif";
        context.textAlign = "left";
        context.textBaseline = "middle";
        context.fillText(_("No junction is predicted here"), Math.max(from, x(referenceFrame.start)) + 12, pixelHeight * 0.62);
        return;
      }
      const shown = this.#shown(features).filter(({ start, end }) => x(end) > 0 && x(start) < pixelWidth);
      const arcs = shown.map((arc) => ({ arc, at: arcOf(arc, x, ground, pixelHeight, strand) }));
      for (const { arc, at } of arcs.sort((one, other) => Number(other.arc.reference ?? false) - Number(one.arc.reference ?? false))) this.#arc(context, arc, at);
      const taken = []; // by labels: of those that would lie on each other the strongest is drawn
      for (const { arc, at } of arcs.sort((one, other) => Math.abs(other.arc.value) - Math.abs(one.arc.value))) label(context, arc, at, taken);
    }

    #arc(context, { value, reference, changed }, { left, right, middle, control }) {
      const share = Math.min(1, Math.abs(value) / (this.signal.highest || 1));
      context.save();
      context.globalAlpha = (reference ? 0.35 : 0.5) + 0.5 * share;
      context.strokeStyle = changed ? (value > 0 ? MORE : LESS) : reference ? REFERENCE : this.color || this.signal.colour;
      context.lineWidth = 1 + 4 * share;
      context.setLineDash(reference ? [5, 3] : []);
      context.beginPath();
      context.moveTo(left.x, left.y);
      context.quadraticCurveTo(middle, control, right.x, right.y);
      context.stroke();
      context.restore();
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      context.font = "10px system-ui, sans-serif";
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillStyle = "#5c6a74";
      context.fillText(this.least ? `≥ ${formatValue(Number(this.least.toPrecision(2)))}` : _("all"), width - 6, height / 2);
    }

    popupData({ genomicLocation, y, viewport, referenceFrame }) {
      const drawn = viewport.cachedFeatures;
      if (!drawn?.arcs) return [];
      const height = viewport.viewportElement.clientHeight;
      const { strand, interval, name, unit, about } = this.signal;
      const x = (base) => (base - referenceFrame.start) / referenceFrame.bpPerPixel;
      const at = x(genomicLocation);
      const near = this.#shown(drawn).map((arc) => ({ arc, far: Math.abs(y - heightAt(arcOf(arc, x, strand === "-" ? 4 : height - 4, height, strand), at)) }))
        .filter(({ far }) => far < CLOSE).sort((one, other) => one.far - other.far);
      return near.flatMap(({ arc }, index) => [
        ...(index ? ["<hr>"] : []),
        { name: arc.changed ? _("Edited − reference") : arc.reference ? _("Reference") : name, value: `${formatValue(arc.value)} ${term(unit)}` },
        { name: _("Intron"), value: `${formatLocus({ chromosome: interval.chromosome, start: arc.start, end: arc.end })} (${strand}), ${formatBp(arc.end - arc.start)}` },
      ]).concat(near.length ? about() : []);
    }

    getState() { return { type: JUNCTIONS, id: this.id, name: this.name }; }
  });
}

/** Ends, middle and control point of an arc in pixels; `top` is its farthest point from the line. */
function arcOf({ start, end, reference }, x, ground, height, strand) {
  const [left, right] = [x(start), x(end)];
  const tall = Math.min(height - LABEL_PX - BESIDE - 6, Math.max(16, (right - left) * 0.35)) + (reference ? BESIDE : 0);
  const up = strand === "-" ? 1 : -1;
  return {
    left: { x: left, y: ground }, right: { x: right, y: ground }, middle: (left + right) / 2, top: ground + up * tall, control: ground + up * 2 * tall,
  };
}

/** An arc's value on its farthest point, or beside it for the reference, whose edited one has its own there. */
function label(context, { value, reference, changed }, { left, right, middle, top }, taken) {
  if (right.x - left.x < 24) return;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const text = `${changed && value > 0 ? "+" : ""}${formatValue(value)}`;
  const at = middle + (reference ? (right.x - left.x) / 5 : 0);
  const wide = context.measureText(text).width + 6;
  const box = { left: at - wide / 2, right: at + wide / 2, top: top - LABEL_PX / 2 };
  if (taken.some((other) => box.left < other.right && other.left < box.right && Math.abs(box.top - other.top) < LABEL_PX)) return;
  taken.push(box);
  context.fillStyle = "rgba(255,255,255,.85)";
  context.fillRect(box.left, box.top, wide, LABEL_PX);
  context.fillStyle = reference ? REFERENCE : INK;
  context.fillText(text, at, top);
}

/** Where an arc passes at a pixel; Infinity beside it. */
function heightAt({ left, right, control }, pixel) {
  const share = (pixel - left.x) / (right.x - left.x);
  return share < 0 || share > 1 ? Infinity : left.y + (control - left.y) * 2 * share * (1 - share);
}

/** Edited minus reference per intron; one that a sequence does not have counts as none. */
export function changes(arcs) {
  const byPlace = new Map();
  for (const { start, end, value, reference } of arcs) {
    const name = `${start}-${end}`;
    const known = byPlace.get(name) ?? { start, end, value: 0, changed: true };
    byPlace.set(name, { ...known, value: known.value + (reference ? -value : value) });
  }
  return [...byPlace.values()];
}
