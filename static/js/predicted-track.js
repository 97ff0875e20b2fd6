// A predicted signal as an igv.js track: true values for every zoom level, hatched where nothing was predicted. Of an edited
// sequence: its line over the reference's bars, and the difference below, each with one scale.

import { formatValue, largest, largestChange, largestSize, valueAt, withGaps } from "./bins.js";
import { axis, hatch, Lane } from "./drawing.js";
import { _, fill, joined } from "./language.js";
import { formatBp } from "./locus.js";
import { term, valueText } from "./words.js";

export const TYPE = "predicted";
export const MODES = ["both", "overlay", "difference"]; // of what an edited sequence's tracks show
const OVERLAY_SHARE = 0.58; // of the height, where both lanes are drawn
const BAND_BP = 128; // per pixel: where more bins share one, the least and the most over them are wider apart than any two members
const LEAST_CHANGE = 0.01; // of the top of the axis: a difference is never blown up beyond that

/**
 * What igv.js keeps per view; it asks `getMax` when it scales. Tracks with one scale (the strands of an assay) know each
 * other's values: igv.js's own group scaling breaks when a track is removed while it waits.
 */
class Drawn {
  constructor(data, { together = [], least, band = null, below = null, reference = null, pairs = [], change = null, edges = [], scale = {} }) {
    this.data = data;
    this.below = below; // of two strands around one line the lower one's {data, band}
    this.band = band;
    this.reference = reference;
    this.together = together;
    this.pairs = pairs; // [edited, reference] of every track with this scale
    this.change = change; // {low, high}: the least and the most change that a model's members say
    this.edges = edges; // the same of every track with this scale
    this.least = least;
    this.scale = scale; // the track's: {change}
  }
  getMax(start, end) {
    const most = Math.max(this.least, ...this.together.map((data) => (data ? largest(data, start, end) : 0)));
    const changes = this.pairs.map(([edited, reference]) => (edited && reference ? largestChange(edited, reference, start, end) : 0));
    const edges = this.edges.map((data) => (data ? largestSize(data, start, end) : 0));
    this.scale.change = Math.max(LEAST_CHANGE * most, ...changes, ...edges);
    return most;
  }
  getMin(start, end) { return this.below ? -this.getMax(start, end) : 0; }
}

/** Teach igv.js the type; once per page. `menu(track)`: our items for a track's menu. `onPick(chromosome, position)`: somebody wants to edit a base. */
export function register(igv, menu, onPick) {
  igv.registerTrackClass(TYPE, class extends igv.TrackBase {
    static defaults = { height: 46, autoscale: true, supportHiDPI: true };

    init(config) {
      super.init(config);
      // As signal-rows.js makes it: the first track's fields, {row, signals, interval, loader, scaledWith, least, about, edited, gaps, suffix}
      this.signal = config.signal;
      this.mode = config.mode ?? MODES[0];
      this.type = TYPE;
      this.resolutionAware = true;
      this.dataRange = config.fixed ?? { min: 0, max: 1 };
      if (config.fixed) this.autoscale = false;
      this.scale = { change: 1 }; // of the difference, as wide as its largest value in view
      this.description = () => describe(this.signal);
    }

    get mirrored() { return this.signal.row.mode.startsWith("mirrored"); }

    // Only what belongs to signals; colours and heights come from igv.js itself.
    menuItemList() { return [...menu(this), ...this.numericDataMenuItems()]; }

    contextMenuItemList({ referenceFrame, genomicLocation }) {
      if (!onPick) return undefined;
      return [{ label: _("Edit this base …"), click: () => onPick(referenceFrame.chr, Math.floor(genomicLocation)) }];
    }

    async getFeatures(chromosome, start, end, bpPerPixel) {
      const { key, signals, interval, loader, scaledWith, least, edited, gaps, suffix } = this.signal;
      if (chromosome !== interval.chromosome) return new Drawn(null, { least, below: this.mirrored ? {} : null });
      const load = (keys) => Promise.all(keys.map((one) => loader.load(one, start, end, bpPerPixel)));
      const keys = [key, ...scaledWith].map((one) => one + suffix);
      if (edited) {
        const [drawn, before, edges] = await Promise.all([
          load(keys), load([key, ...scaledWith].map((one) => `${one}:ref`)),
          load(signals[0].has_band && this.#showsChangeBand(bpPerPixel) ? [key, ...scaledWith].flatMap((one) => [`${one}:less`, `${one}:more`]) : []),
        ]);
        const [low, high] = edges.slice(0, 2).map((data) => withGaps(data, gaps));
        const after = drawn.map((data) => withGaps(data, gaps));
        const pairs = after.map((data, at) => [data, before[at]]);
        return new Drawn(after[0], { together: [...after, ...before], least, reference: before[0], pairs, change: low ? { low, high } : null, edges, scale: this.scale });
      }
      const banded = signals[0].has_band && !suffix && bpPerPixel <= BAND_BP;
      const [own, others, bands, beside] = await Promise.all([
        load(signals.map((one) => one.key + suffix)), load(scaledWith.map((one) => (banded ? `${one}:high` : one + suffix))),
        Promise.all(signals.map((one) => load(banded ? [`${one.key}:low`, `${one.key}:high`] : []))),
        Promise.all((this.signal.beside ?? []).map((one) => one(start, end, bpPerPixel))), // what was measured, where it has the same axis
      ]);
      const [band, bandBelow] = bands.map(([low, high]) => (low ? { low, high } : null));
      const below = this.mirrored ? { data: own[1], band: bandBelow } : null;
      return new Drawn(own[0], { together: [...own, ...others, ...beside, ...bands.flatMap(([, high]) => high ?? [])], least, band, below });
    }

    doAutoscale(features) {
      const values = features.map((feature) => feature.value);
      return { min: Math.min(0, ...values), max: Math.max(0, ...values) };
    }

    draw({ features, context, bpStart, bpPerPixel, pixelWidth, pixelHeight, referenceFrame }) {
      const { interval, summary, resolution, gaps, signals } = this.signal;
      const here = referenceFrame.chr === interval.chromosome;
      const from = here ? Math.max(0, (interval.start - bpStart) / bpPerPixel) : pixelWidth;
      const to = here ? Math.min(pixelWidth, (interval.end - bpStart) / bpPerPixel) : pixelWidth;
      hatch(context, 0, Math.min(from, pixelWidth), pixelHeight);
      hatch(context, Math.max(to, 0), pixelWidth, pixelHeight);
      const { min, max } = this.dataRange;
      if (!features?.data || !(max > min)) return;
      const view = { bpStart, bpPerPixel, pixelWidth, summary };
      const colour = this.color || this.signal.colour;
      for (const [kind, place] of this.#lanes(pixelHeight)) {
        if (kind === "difference") {
          const { change } = this.scale;
          const lane = new Lane(context, view, { ...place, min: -change, max: change });
          lane.difference(features.reference, features.data);
          if (features.change?.low) lane.band(features.change);
          continue;
        }
        const lane = new Lane(context, view, { ...place, min, max });
        if (features.reference) lane.overlay(features.reference, features.data, colour);
        else lane.bars(lane.columns(features.data), colour);
        if (features.below?.data) lane.bars(lane.columns(features.below.data), lighter(colour, signals[0].shade, signals[1]?.shade), -1);
        if (!features.reference && !gaps.length) lane.edges(resolution, interval.start, from, to);
        if (features.band?.low) lane.band(features.band);
        if (features.below?.band?.low) lane.band(features.below.band, -1);
        context.fillStyle = "rgba(90,105,115,.35)";
        context.fillRect(Math.max(0, from), lane.y(Math.max(0, min)), Math.max(0, to - from), 0.6);
      }
    }

    /** The maximum of a bin's changes is not the change of its maximum: such a track has a band only where its own bins are seen. */
    #showsChangeBand(bpPerPixel) { return this.signal.summary !== "max" || bpPerPixel <= this.signal.resolution; }

    /** [kind, {top, height}] of what is drawn, from the top. */
    #lanes(height) {
      if (!this.signal.edited || this.mode === "overlay") return [["signal", { top: 0, height }]];
      if (this.mode === "difference") return [["difference", { top: 0, height }]];
      const upper = Math.round(height * OVERLAY_SHARE);
      return [["signal", { top: 0, height: upper }], ["difference", { top: upper, height: height - upper }]];
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      for (const [kind, place] of this.#lanes(height)) {
        const ends = kind === "difference" ? { min: -this.scale.change, max: this.scale.change, signed: true } : { ...this.dataRange, strands: this.mirrored };
        axis(context, width, place, ends);
      }
    }

    popupData({ genomicLocation, viewport }) {
      const drawn = viewport.cachedFeatures;
      if (!drawn?.data) return [];
      const { name, resolution, about } = this.signal;
      const at = (data) => formatValue(valueAt(data, genomicLocation));
      const whole = (data) => valueText(this.signal, valueAt(data, genomicLocation), drawn.data.width);
      const { reference, band, below, change } = drawn;
      const range = (edges) => (edges?.low ? fill(_("models say %(low)s to %(high)s"), { low: at(edges.low), high: at(edges.high) }) : "");
      const strands = below?.data ? [
        { name: _("Plus strand"), value: joined([whole(drawn.data), range(band)]) },
        { name: _("Minus strand"), value: joined([whole(below.data), range(below.band)]) },
      ] : null;
      const values = strands ?? (reference ? [
        { name, value: fill(_("reference %(reference)s, edited %(edited)s"), { reference: at(reference), edited: whole(drawn.data) }) },
        { name: _("Edited − reference"), value: joined([formatValue(valueAt(drawn.data, genomicLocation) - valueAt(reference, genomicLocation)), range(change)]) },
      ] : [{ name, value: whole(drawn.data) }]);
      return [
        ...values,
        ...(band?.low && !strands ? [{ name: _("Models say"), value: fill(_("%(low)s to %(high)s"), { low: at(band.low), high: at(band.high) }) }] : []),
        { name: _("Resolution"), value: formatBp(resolution) },
        ...about(),
      ];
    }

    // State of a predicted track lives in our page, not in an igv.js session.
    getState() { return { type: TYPE, id: this.id, name: this.name }; }
  });
}

/** What a click on a track's name shows. */
export function describe(signal) {
  const list = document.createDocumentFragment();
  for (const { name, value } of [{ name: _("Track"), value: signal.name }, { name: _("Unit"), value: term(signal.unit) }, ...signal.about()]) {
    const row = document.createElement("div");
    row.className = "igv-track-label-popover__row";
    const key = document.createElement("span");
    key.className = "igv-track-label-popover__key";
    key.textContent = fill(_("%(name)s: "), { name });
    const said = document.createElement("span");
    said.className = "igv-track-label-popover__value";
    said.textContent = value;
    row.append(key, said);
    list.append(row);
  }
  return list;
}

/** The lower strand's colour: its own shade, unless somebody gave the row another colour. */
function lighter(colour, usual, other) { return colour === usual && other ? other : colour; }
