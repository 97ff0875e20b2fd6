// Values of a prediction's tracks for the view. igv.js asks track by track; the questions of one moment become one request.

import { alignedWindow, binWidth } from "./bins.js";

const MOST_BINS = 19_000; // per question; the server's limit is 20,000
const KEPT = 24; // answers, each a view of all tracks

export class WindowLoader {
  #ask; #interval; #open = new Map(); #kept = new Map(); #most = 1;

  /**
   * @param interval {start, end} that has values
   * @param ask (keys, {start, end, bins}) => Promise<Float32Array>, track-major
   */
  constructor(interval, ask) {
    this.#interval = interval;
    this.#ask = ask;
  }

  /** {start, width, values} for one track over a view, or null where the prediction has nothing. */
  load(key, start, end, bpPerPixel) {
    let width = binWidth(bpPerPixel);
    while ((end - start) / width > MOST_BINS) width *= 2; // a very wide screen
    const window = alignedWindow(start, end, this.#interval, width);
    if (!window) return Promise.resolve(null);
    const place = `${window.start}-${window.end}/${window.width}`;
    const name = `${key}@${place}`;
    let answer = this.#kept.get(name);
    if (!answer) {
      answer = this.#one(key, window, place); // kept at once: who asks while it is on its way waits for the same
      answer.catch(() => this.#kept.delete(name));
      this.#kept.set(name, answer);
    }
    return answer;
  }

  async #one(key, window, place) {
    let batch = this.#open.get(place);
    if (!batch) {
      batch = { keys: [] };
      batch.answer = new Promise((resolve, reject) => {
        setTimeout(() => {
          this.#open.delete(place);
          this.#most = Math.max(this.#most, batch.keys.length);
          while (this.#kept.size > KEPT * this.#most) this.#kept.delete(this.#kept.keys().next().value);
          this.#ask(batch.keys, window).then(resolve, reject);
        });
      });
      this.#open.set(place, batch);
    }
    const row = batch.keys.push(key) - 1;
    const all = await batch.answer;
    return { start: window.start, width: window.width, values: all.subarray(row * window.bins, (row + 1) * window.bins) };
  }
}
