// The state of a genome browser as a link keeps it: read from igv.js's own track objects, and given back to them. Tracks of any
// type; what a track is comes from the page, here is only how it is drawn.

const OURS = new Set(["ruler", "ideogram", "sequence"]); // igv.js's own, always where they are
const WORD = /^[A-Za-z0-9_.:-]{1,60}$/, COLOUR = /^(#[0-9A-Fa-f]{3,8}|rgba?\([0-9., %]{5,40}\))$/;
const word = (text) => (typeof text === "string" && WORD.test(text) ? text : null);

/** A track's state; `scale` null where it follows what is in view. */
export function trackState(track) {
  const ours = Boolean(track.signal); // their groups are signal-rows.js's, igv.js's own are not used
  const group = word(ours ? track.signal.row?.group : track.autoscaleGroup);
  const { min, max } = track.dataRange ?? {};
  const fixed = track.autoscale === false && (ours || !group) && Number.isFinite(min) && Number.isFinite(max);
  return {
    key: String(track.id), hidden: false,
    colour: typeof track.color === "string" && COLOUR.test(track.color) ? track.color : null,
    height: Number.isFinite(track.height) ? Math.min(5000, Math.max(5, Math.round(track.height))) : null,
    scale: fixed ? { min, max } : null, group, mode: word(track.mode), display: word(track.displayMode), share: Number.isFinite(track.share) ? track.share : null,
  };
}

/** What the server keeps. `keys`: of tracks that the result has and that were taken away; `place` in view; the page's {mode, own,
 * panels, panel, popups, measured, square}. */
export function readState(tracks, place, { keys = [], ...page } = {}) {
  const shown = tracks.filter(kept).map(trackState);
  const here = new Set(shown.map(({ key }) => key));
  return {
    locus: place && { chromosome: place.chromosome, start: place.start, end: place.end },
    tracks: [...shown, ...keys.filter((key) => !here.has(key)).map((key) => ({ key, hidden: true }))],
    mode: null, own: false, panels: [], panel: null, popups: [], measured: null, square: null, ...page,
  };
}

/** Ids in the order wanted; those that nobody mentioned stay behind the one before them. */
export function orderOf(present, wanted) {
  const known = new Set(present);
  const order = wanted.filter((key) => known.has(key));
  for (const [index, key] of present.entries()) {
    if (wanted.includes(key)) continue;
    order.splice(index ? order.indexOf(present[index - 1]) + 1 : 0, 0, key);
  }
  return order;
}

export function kept(track) { return Boolean(track.id) && !OURS.has(track.id) && !OURS.has(track.type); }

/** Draw the tracks of an igv.js browser as `state` says; tracks that are not there any more are left out. */
export async function applyTracks(browser, state) {
  const wanted = new Map(state.tracks.map((one) => [one.key, one]));
  for (const { track } of [...browser.trackViews]) if (kept(track) && wanted.get(track.id)?.hidden) browser.removeTrack(track);
  const views = browser.trackViews.filter(({ track }) => kept(track));
  for (const { track } of views) if (wanted.has(track.id)) dress(track, wanted.get(track.id));
  const order = orderOf(views.map(({ track }) => track.id), state.tracks.map(({ key }) => key));
  for (const { track } of views) track.order = order.indexOf(track.id) + 1;
  browser.reorderTracks();
  await browser.updateViews();
  for (const { track } of views) { // last: what is drawn may have set its own
    const { height } = wanted.get(track.id) ?? {};
    if (height && track.height !== height) track.trackView.setTrackHeight(height, true);
    track.trackView.repaintViews();
  }
}

function dress(track, { colour, scale, group, mode, display, share }) {
  if (colour) track.color = colour;
  if (mode && "mode" in track) track.mode = mode;
  if (display && "displayMode" in track) track.displayMode = display;
  if (Number.isFinite(share) && "share" in track) track.share = share;
  if (group && !track.signal) track.autoscaleGroup = group;
  else if (scale) {
    track.autoscaleGroup = undefined;
    track.autoscale = false;
    track.dataRange = { min: scale.min, max: scale.max };
  } else if (track.autoscale === false) {
    track.autoscaleGroup = undefined;
    track.autoscale = true;
  }
}

/** Notes where people clicked, so that a popup that is still open can be kept. */
export class Popups {
  #root; #last = null;

  /** `root`: of igv.js's elements */
  constructor(browser, root) {
    this.#root = root;
    root.addEventListener("click", (event) => {
      const view = browser.trackViews.find(({ viewports: [pane] }) => event.composedPath().includes(pane?.viewportElement));
      if (!view) return;
      const [{ viewportElement, referenceFrame: { start, bpPerPixel } }] = view.viewports;
      const { left, top } = viewportElement.getBoundingClientRect();
      this.#last = { key: String(view.track.id), position: start + (event.clientX - left) * bpPerPixel, y: Math.max(0, Math.round(event.clientY - top)) };
    }, true);
  }

  /** [{key, position, y}] */
  open() {
    const shown = [...this.#root.querySelectorAll(".igv-ui-popover")].some((box) => box.offsetParent && box.textContent.trim());
    return shown && this.#last?.key ? [this.#last] : [];
  }
}

/** Open the popups of a state again, once their tracks are drawn. */
export function openPopups(browser, popups) {
  for (const { key, position, y } of popups) {
    const view = browser.trackViews.find(({ track }) => track.id === key);
    const pane = view?.viewports[0];
    if (!pane) continue;
    const { left, top } = pane.viewportElement.getBoundingClientRect();
    const { start, bpPerPixel } = pane.referenceFrame;
    const at = { clientX: left + (position - start) / bpPerPixel, clientY: top + y, bubbles: true, composed: true, button: 0 };
    for (const kind of ["mousedown", "mouseup", "click"]) pane.viewportElement.dispatchEvent(new MouseEvent(kind, at));
  }
}
