// Where the pointer rests on the tracks, and which junction or peak was clicked: what the panels are about.

import { _, fill } from "./language.js";
import { formatLocus, formatPosition, parseLocus } from "./locus.js";

const REST_MS = 250;
const SNAP_PX = 6; // a click this near to a peak means it

export class PanelPointer {
  #viewer; #timer = 0;

  /** onRest(position): the pointer stands over this base; onFeature({start, end, strand, label}): a junction or a peak was clicked. */
  constructor(viewer, { onRest, onFeature }) {
    this.#viewer = viewer;
    viewer.root.addEventListener("pointermove", (event) => {
      clearTimeout(this.#timer);
      if (event.pointerType === "touch" || event.buttons) return;
      const position = this.#baseAt(event);
      if (position !== null) this.#timer = setTimeout(() => onRest(position), REST_MS);
    });
    viewer.root.addEventListener("pointerleave", () => clearTimeout(this.#timer));
    viewer.browser.on("trackclick", (track, data, position) => {
      const found = junction(data) ?? this.#peak(track, position);
      if (found) onFeature(found);
    });
  }

  #baseAt(event) {
    const path = event.composedPath();
    const view = this.#viewer.browser.trackViews.find(({ viewports: [pane] }) => path.includes(pane?.viewportElement));
    if (!view) return null;
    const [{ viewportElement, referenceFrame: { start, bpPerPixel } }] = view.viewports;
    return Math.max(0, Math.floor(start + (event.clientX - viewportElement.getBoundingClientRect().left) * bpPerPixel));
  }

  /** The highest bin near a click on a measured or predicted signal. */
  #peak(track, position) {
    const [pane] = track.trackView?.viewports ?? [];
    const data = dataOf(track, pane?.cachedFeatures);
    if (!data || !Number.isFinite(position)) return null;
    const reach = SNAP_PX * pane.referenceFrame.bpPerPixel;
    let best = -1;
    const first = Math.max(0, Math.floor((position - reach - data.start) / data.width)), last = Math.min(data.values.length - 1, Math.floor((position + reach - data.start) / data.width));
    for (let bin = first; bin <= last; bin++) if (best < 0 || data.values[bin] > data.values[best]) best = bin;
    if (best < 0) return null;
    const at = Math.floor(data.start + (best + 0.5) * data.width);
    const strand = track.signal?.signals?.length === 1 ? track.signal.strand : ".";
    return { start: at, end: at, strand: ["+", "-"].includes(strand) ? strand : ".", label: fill(_("the peak at %(position)s"), { position: formatPosition(at) }) };
  }
}

/** What igv.js keeps of a signal's view: bins of the first strand, or of a measured track. */
function dataOf(track, kept) {
  if (!track.measured && !track.signal?.signals) return null;
  const data = kept?.data ?? kept?.lanes?.[0]?.data;
  return data?.values && data.width ? data : null;
}

/** The intron of a popup: "chrIX:68,716-69,149 (+), 434 bp" */
function junction(data) {
  for (const { value } of Array.isArray(data) ? data : []) {
    const said = /^(\S+:[\d,]+-[\d,]+) \(([+-])\), [\d,. ]+ bp$/.exec(String(value ?? ""));
    const place = said && parseLocus(said[1]);
    if (place) return { start: place.start, end: place.end, strand: said[2], label: fill(_("the intron %(place)s"), { place: formatLocus(place) }) };
  }
  return null;
}
