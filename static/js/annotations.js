// The reference's annotation. Reading it takes igv.js longer than drawing a prediction, so it comes after that: until then its rows
// stand empty, and nothing moves when they are filled.

import { GeneWindows } from "./gene-windows.js";
import { term } from "./words.js";

const FORWARD = "#1f5fa8", REVERSE = "#b1470f", NEITHER = "#66727a";
const PLACE = "annotation-place";
const geneColour = ({ strand }) => (strand === "+" ? FORWARD : strand === "-" ? REVERSE : NEITHER);

/** Teach igv.js the empty row; once per page. */
export function registerPlace(igv) {
  igv.registerTrackClass(PLACE, class extends igv.TrackBase {
    static defaults = { supportHiDPI: true };
    init(config) {
      super.init(config);
      this.type = PLACE;
    }
    async getFeatures() { return []; }
    draw() {}
    menuItemList() { return []; }
    getState() { return { type: PLACE }; }
  });
}

export class Annotations {
  #browser; #configs; #filled = null;

  /** `annotations`: [{id, name, url, windowed}]; a windowed one answers for a stretch and is asked for what is in view. */
  constructor(annotations) {
    this.#configs = annotations.map(annotationTrack);
    for (const { url, windowed } of annotations) if (!windowed) fetch(url, { priority: "low" }).catch(() => {}); // into the cache, while igv.js is busy
  }

  /** The browser was made, with `places`. */
  of(browser) { this.#browser = browser; }

  /** Rows of igv.js that hold the room. */
  get places() { return this.#configs.map(({ id, name, order, height }) => ({ type: PLACE, id: `${PLACE}:${id}`, name, order, height, removable: false })); }

  /** Put them in, once. Without them the tracks are drawn all the same: igv.js says in the page what could not be read. */
  fill() {
    this.#filled ??= Promise.allSettled(this.#configs.map((config) => this.#fill(config)));
    return this.#filled;
  }

  async #fill(config) {
    const browser = this.#browser;
    const place = () => browser.findTracks(({ id }) => id === `${PLACE}:${config.id}`).forEach((track) => browser.removeTrack(track));
    try {
      const track = await browser.createTrack(config);
      await track.postInit(); // reads the file; the second time, by addTrack, it is there
      place();
      await browser.addTrack(track);
      browser.reorderTracks();
      await track.trackView.updateViews();
    } finally {
      place();
    }
  }
}

function annotationTrack({ id, name, url, windowed }, index) {
  const genes = id === "genes";
  return {
    ...(windowed ? { featureSource: new GeneWindows(url) } : { format: "gff3", url, indexed: false }),
    type: "annotation", id, name: term(name), order: 1 + index, // above the predictions
    displayMode: genes ? "EXPANDED" : "COLLAPSED", height: genes ? 62 : 30, autoHeight: false, removable: false,
    visibilityWindow: -1, nameField: "Name", color: geneColour, searchable: false,
  };
}
