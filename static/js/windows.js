// Values of a prediction's tracks for the view. igv.js asks track by track; the questions of one moment become one request.

import { alignedWindow, binWidth } from "./bins.js";

const MOST_BINS = 19_000; // per question; the server's limit is 20,000
const KEPT = 24; // answers, each a view of all tracks

export class WindowLoader {
  #ask; #interval; #open = new Map(); #kept = new Map(); #most = 1; #early = null;

  /**
   * @param interval {start, end} that has values
   * @param ask (keys, {start, end, bins}) => Promise<Float32Array>, track-major
   */
  constructor(interval, ask) {
    this.#interval = interval;
    this.#ask = ask;
  }

  /** Ask for these tracks at once, before igv.js can: `load` answers from it what it covers. */
  ahead(keys, start, end, bpPerPixel) {
    const window = alignedWindow(start, end, this.#interval, binWidth(bpPerPixel));
    if (!window || window.bins > MOST_BINS || !keys.length) return;
    const answer = this.#ask(keys, window);
    const early = this.#early = { keys, window, answer };
    answer.catch(() => { if (this.#early === early) this.#early = null; });
  }

  /** {start, width, values} for one track over a view, or null where the prediction has nothing. */
  load(key, start, end, bpPerPixel) {
    let width = binWidth(bpPerPixel);
    while ((end - start) / width > MOST_BINS) width *= 2; // a very wide screen
    const window = alignedWindow(start, end, this.#interval, width);
    if (!window) return Promise.resolve(null);
    const early = this.#early;
    if (early?.window.width === width && early.window.start <= window.start && early.window.end >= window.end && early.keys.includes(key)) return row(early, early.keys.indexOf(key), window);
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
    const at = batch.keys.push(key) - 1;
    return row({ window, answer: batch.answer }, at);
  }
}

/** Of an answer's row `at` the part that is `asked` for, as if it had been asked for alone. */
async function row({ window, answer }, at, asked = window) {
  const all = await answer;
  const first = at * window.bins + (asked.start - window.start) / window.width;
  return { start: asked.start, width: asked.width, values: all.subarray(first, first + asked.bins) };
}
