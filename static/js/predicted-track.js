// A predicted signal as an igv.js track: true values for every zoom level, hatched where nothing was predicted.

import { formatValue, largest, pixelColumns, valueAt } from "./bins.js";
import { formatBp } from "./locus.js";

export const TYPE = "predicted";

/**
 * What igv.js keeps per view; it asks `getMax` when it scales. Tracks with one scale (the strands of an assay) know each
 * other's values: igv.js's own group scaling breaks when a track is removed while it waits.
 */
class Drawn {
  constructor(data, together, least, band = null) {
    this.data = data;
    this.band = band;
    this.together = together;
    this.least = least;
  }
  getMax(start, end) { return Math.max(this.least, ...this.together.map((data) => (data ? largest(data, start, end) : 0))); }
  getMin() { return 0; }
}

/** Teach igv.js the type; once per page. */
export function register(igv) {
  igv.registerTrackClass(TYPE, class extends igv.TrackBase {
    static defaults = { height: 46, autoscale: true, supportHiDPI: true };

    init(config) {
      super.init(config);
      // {key, name, unit, resolution, summary, colour, has_band, interval, loader, scaledWith, least, about}
      this.signal = config.signal;
      this.type = TYPE;
      this.resolutionAware = true;
      this.dataRange = { min: 0, max: 1 };
      this.description = () => describe(this.signal);
    }

    // Only what belongs to signals; colours and heights come from igv.js itself.
    menuItemList() { return this.numericDataMenuItems(); }

    async getFeatures(chromosome, start, end, bpPerPixel) {
      const { key, has_band: hasBand, interval, loader, scaledWith, least } = this.signal;
      if (chromosome !== interval.chromosome) return new Drawn(null, [], least);
      const load = (one) => loader.load(one, start, end, bpPerPixel);
      const edges = hasBand ? [`${key}:low`, `${key}:high`] : [];
      const asked = await Promise.all([key, ...scaledWith, ...edges].map(load));
      const band = hasBand ? { low: asked.at(-2), high: asked.at(-1) } : null;
      return new Drawn(asked[0], asked.slice(0, 1 + scaledWith.length), least, band);
    }

    doAutoscale(features) {
      return { min: 0, max: Math.max(0, ...features.map((feature) => feature.value)) };
    }

    draw({ features, context, bpStart, bpPerPixel, pixelWidth, pixelHeight, referenceFrame }) {
      const { interval, summary } = this.signal;
      const here = referenceFrame.chr === interval.chromosome;
      const from = here ? Math.max(0, (interval.start - bpStart) / bpPerPixel) : pixelWidth;
      const to = here ? Math.min(pixelWidth, (interval.end - bpStart) / bpPerPixel) : pixelWidth;
      hatch(context, 0, Math.min(from, pixelWidth), pixelHeight);
      hatch(context, Math.max(to, 0), pixelWidth, pixelHeight);
      const { min, max } = this.dataRange;
      if (!features?.data || !(max > min)) return;
      const columns = pixelColumns(features.data, bpStart, bpPerPixel, Math.ceil(pixelWidth), summary);
      const room = pixelHeight - 3;
      const y = (value) => pixelHeight - 1 - (Math.min(Math.max(value, min), max) - min) / (max - min) * room;
      const floor = y(Math.max(0, min));
      context.fillStyle = this.color || this.signal.colour;
      context.beginPath();
      for (let pixel = 0; pixel < columns.length; pixel++) {
        const value = columns[pixel];
        if (value !== value) continue;
        const top = y(value);
        context.rect(pixel, Math.min(top, floor), 1, Math.max(Math.abs(floor - top), value > 0 ? 0.6 : 0));
      }
      context.fill();
      if (features.band?.low) drawBand(context, features.band, { bpStart, bpPerPixel, pixelWidth, summary, y });
      context.fillStyle = "rgba(90,105,115,.35)";
      context.fillRect(Math.max(0, from), floor, Math.max(0, to - from), 0.6);
    }

    paintAxis(context, width, height) {
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      context.font = "10px system-ui, sans-serif";
      context.textAlign = "right";
      context.fillStyle = "#5c6a74";
      context.textBaseline = "top";
      context.fillText(formatValue(this.dataRange.max), width - 6, 3);
      if (height >= 30) {
        context.textBaseline = "bottom";
        context.fillText(formatValue(this.dataRange.min), width - 6, height - 1);
      }
      context.fillStyle = "#aab4ba";
      context.fillRect(width - 2.5, 2, 1, height - 3);
    }

    popupData({ genomicLocation, viewport }) {
      const data = viewport.cachedFeatures?.data;
      if (!data) return [];
      const value = valueAt(data, genomicLocation);
      const { band } = viewport.cachedFeatures;
      const over = data.width > this.signal.resolution ? `, ${this.signal.summary} of ${formatBp(data.width)}` : "";
      return [
        { name: this.signal.name, value: `${formatValue(value)} ${this.signal.unit}${over}` },
        ...(band?.low ? [{
          name: "Models say", value: `${formatValue(valueAt(band.low, genomicLocation))} to ${formatValue(valueAt(band.high, genomicLocation))}`,
        }] : []),
        { name: "Resolution", value: formatBp(this.signal.resolution) },
        ...this.signal.about,
      ];
    }

    // State of a predicted track lives in our page, not in an igv.js session.
    getState() { return { type: TYPE, id: this.id, name: this.name }; }
  });
}

/** Where the members of the model disagree: from the least to the most of what they say, over the bars of their mean. */
function drawBand(context, { low, high }, { bpStart, bpPerPixel, pixelWidth, summary, y }) {
  const [least, most] = [low, high].map((data) => pixelColumns(data, bpStart, bpPerPixel, Math.ceil(pixelWidth), summary));
  context.fillStyle = "rgba(20,30,38,.28)";
  context.beginPath();
  for (let pixel = 0; pixel < least.length; pixel++) {
    if (least[pixel] !== least[pixel]) continue;
    const top = y(most[pixel]);
    context.rect(pixel, top, 1, Math.max(y(least[pixel]) - top, 0));
  }
  context.fill();
}

function describe(signal) {
  const list = document.createDocumentFragment();
  for (const { name, value } of [{ name: "Track", value: signal.name }, { name: "Unit", value: signal.unit }, ...signal.about]) {
    const row = document.createElement("div");
    row.className = "igv-track-label-popover__row";
    const key = document.createElement("span");
    key.className = "igv-track-label-popover__key";
    key.textContent = `${name}: `;
    const said = document.createElement("span");
    said.className = "igv-track-label-popover__value";
    said.textContent = value;
    row.append(key, said);
    list.append(row);
  }
  return list;
}

function hatch(context, from, to, height) {
  if (to <= from) return;
  context.save();
  context.beginPath();
  context.rect(from, 0, to - from, height);
  context.clip();
  context.fillStyle = "#f3f5f6";
  context.fillRect(from, 0, to - from, height);
  context.strokeStyle = "#dde2e5";
  context.lineWidth = 1;
  context.beginPath();
  for (let x = Math.floor((from - height) / 8) * 8; x < to; x += 8) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}
