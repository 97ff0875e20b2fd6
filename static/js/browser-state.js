// The genome browser's page as a link keeps it: place, tracks, what edited ones show, open panels and popups.

import { applyTracks, openPopups, Popups, readState } from "./view-state.js";

const DRAWN_MS = 5000, LOOK_MS = 100; // a popup opens on what is drawn

export class BrowserState {
  #viewer; #page; #setMode; #panels; #measured; #popups = null;

  /** setMode(mode): of an edited sequence's tracks; `panels` beside the browser, which open themselves; `measured`: a Measured */
  constructor(viewer, page, setMode, panels, measured) {
    this.#viewer = viewer;
    this.#page = page;
    this.#setMode = setMode;
    this.#panels = panels;
    this.#measured = measured;
  }

  /** The viewer was opened. */
  watch() { this.#popups ??= new Popups(this.#viewer.browser, this.#viewer.root); }

  read(prediction) {
    const { browser, place, mode } = this.#viewer;
    const drawn = new Set(this.#viewer.rows.flatMap(({ keys }) => keys)); // a row may hold two strands or many tracks
    return readState(browser.trackViews.map(({ track }) => track), place, {
      keys: [...prediction.tracks.map(({ key }) => key).filter((key) => !drawn.has(key)), ...this.#measured.hidden], mode: prediction.edits.length ? mode : null, own: Boolean(this.#page.own),
      panels: panels().filter(({ open }) => open).map(({ id }) => id), panel: this.#panels.state(), popups: this.#popups.open(),
      measured: this.#measured.state, square: this.#viewer.square.state,
    });
  }

  /** `state` may be null: the page opens as it does. */
  async restore(state) {
    if (!state) return;
    if (state.mode) this.#setMode(state.mode);
    this.#viewer.square.restore(state.square);
    for (const panel of panels()) if (state.panels.includes(panel.id)) panel.open = true;
    const { browser } = this.#viewer;
    await this.#viewer.restore(state.tracks);
    await applyTracks(browser, state);
    this.restored = true;
    if (state.popups.length) await drawn(browser, state.popups[0].key);
    openPopups(browser, state.popups);
  }
}

/** Whatever on the page opens and closes, beside the form. */
function panels() { return [...document.querySelectorAll(".stage details[id]:not(#export)")]; }

async function drawn(browser, key) {
  const until = performance.now() + DRAWN_MS;
  const ready = () => browser.trackViews.find(({ track }) => track.id === key)?.viewports[0].featureCache;
  while (!ready() && performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
}
