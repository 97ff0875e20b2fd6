// Values of a prediction's tracks for the view. igv.js asks track by track; the questions of one moment become one request.

import { alignedWindow, binWidth } from "./bins.js";

const MOST_BINS = 19_000; // per question; the server's limit is 20,000
const KEPT = 24; // answers, each a view of all tracks

export class WindowLoader {
  #ask; #interval; #open = new Map(); #kept = new Map();

  /**
   * @param interval {start, end} that has values
   * @param ask (keys, {start, end, bins}) => Promise<Float32Array>, track-major
   */
  constructor(interval, ask) {
    this.#interval = interval;
    this.#ask = ask;
  }

  /** {start, width, values} for one track over a view, or null where the prediction has nothing. */
  async load(key, start, end, bpPerPixel) {
    let width = binWidth(bpPerPixel);
    while ((end - start) / width > MOST_BINS) width *= 2; // a very wide screen
    const window = alignedWindow(start, end, this.#interval, width);
    if (!window) return null;
    const place = `${window.start}-${window.end}/${window.width}`;
    const kept = this.#kept.get(`${key}@${place}`);
    if (kept) return kept;
    let batch = this.#open.get(place);
    if (!batch) {
      batch = { keys: [] };
      batch.answer = new Promise((resolve, reject) => {
        setTimeout(() => {
          this.#open.delete(place);
          this.#ask(batch.keys, window).then(resolve, reject);
        });
      });
      this.#open.set(place, batch);
    }
    let row = batch.keys.indexOf(key);
    if (row < 0) row = batch.keys.push(key) - 1;
    const all = await batch.answer;
    const data = {
      start: window.start, width: window.width, values: all.subarray(row * window.bins, (row + 1) * window.bins),
    };
    this.#keep(`${key}@${place}`, data, batch.keys.length);
    return data;
  }

  #keep(name, data, tracks) {
    this.#kept.set(name, data);
    while (this.#kept.size > KEPT * tracks) this.#kept.delete(this.#kept.keys().next().value);
  }
}
