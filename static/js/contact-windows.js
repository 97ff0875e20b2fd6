// Which part of a contact map a view needs, at which width of bins, and its cells; no DOM. Bins count from the prediction's start.

import { alignedWindow } from "./bins.js";

const LEAST_PX = 2; // of a bin on the screen
const MOST_BINS = 512; // on a side; the server's limit
const KEPT = 24;

/** Bases per bin for a zoom level: `native` or 2, 4, 8 ... times that, so that a bin is at least two pixels wide. */
export function contactBin(bpPerPixel, native) {
  let width = native;
  while (width / bpPerPixel < LEAST_PX) width *= 2;
  return width;
}

export class ContactLoader {
  #ask; #interval; #native; #kept = new Map();

  /** ask(key, {start, end, size}) => Promise<{start, width, size, values}> */
  constructor(interval, native, ask) {
    this.#interval = interval;
    this.#native = native;
    this.#ask = ask;
  }

  /** The square of a map over a view: {start, width, size, values: Float32Array row by row}, or null where there is none. */
  load(key, start, end, bpPerPixel, most = MOST_BINS) {
    let width = contactBin(bpPerPixel, this.#native);
    let window = alignedWindow(start, end, this.#interval, width);
    while (window && window.bins > most) window = alignedWindow(start, end, this.#interval, width *= 2);
    if (!window) return Promise.resolve(null);
    const name = `${key}@${window.start}-${window.end}/${width}`;
    let answer = this.#kept.get(name);
    if (!answer) {
      answer = this.#ask(key, { start: window.start, end: window.end, size: window.bins });
      answer.catch(() => this.#kept.delete(name));
      this.#kept.set(name, answer);
      while (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    }
    return answer;
  }
}

/** The value of the pair of bins at two bases, and where those begin: {value, first, second}; null outside. */
export function pairAt(map, one, other) {
  const [first, second] = [one, other].map((base) => Math.floor((base - map.start) / map.width));
  if (first < 0 || second < 0 || first >= map.size || second >= map.size) return null;
  return { value: map.values[first * map.size + second], first: map.start + first * map.width, second: map.start + second * map.width };
}

/** Edited minus reference, of maps with the same bins. */
export function difference(edited, reference) {
  return { ...edited, values: edited.values.map((value, at) => value - reference.values[at]) };
}

/** The largest value without its sign, at least `least`. */
export function reachOf(map, least) {
  let most = least;
  for (const value of map.values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}
