// Painting signals on a canvas: bars, an outline over bars, a difference around its zero line, hatching where there is nothing.

import { formatValue, pixelColumns } from "./bins.js";

const REFERENCE = "rgba(96,110,120,.42)", MORE = "#1d62a8", LESS = "#b3302a";
const INK = "#5c6a74";
const LEAST_STEP = 4; // pixels; narrower bins have no edges
const LEAST_BAND = 1.5; // pixels; edges that are nearer each other would hide a small signal's colour

/** A strip of a track's canvas with one scale. */
export class Lane {
  /** @param view {bpStart, bpPerPixel, pixelWidth, summary}; top and height in pixels; values between min and max */
  constructor(context, view, { top, height, min, max }) {
    this.context = context;
    this.view = view;
    this.top = top;
    this.height = height;
    this.min = min;
    this.max = max;
  }

  columns(data) {
    const { bpStart, bpPerPixel, pixelWidth, summary } = this.view;
    return pixelColumns(data, bpStart, bpPerPixel, Math.ceil(pixelWidth), summary);
  }

  y(value) {
    const share = (Math.min(Math.max(value, this.min), this.max) - this.min) / (this.max - this.min);
    return this.top + this.height - 1 - share * (this.height - 3);
  }

  /** From zero, `sign` −1 downwards. */
  bars(columns, colour, sign = 1) {
    const floor = this.y(Math.min(Math.max(0, this.min), this.max));
    this.#fill(colour, columns, (pixel, value) => {
      const top = this.y(sign * value);
      this.context.rect(pixel, Math.min(top, floor), 1, Math.max(Math.abs(floor - top), value > 0 ? 0.6 : 0));
    });
  }

  /** A line along the values. */
  outline(columns, colour) {
    this.#line(columns, colour, 0.9);
  }

  /** From the least to the most of what the members of a model say: a translucent envelope with an edge at either end. */
  band({ low, high }, sign = 1) {
    const [least, most] = [low, high].map((data) => this.columns(data));
    this.#fill("rgba(20,30,38,.2)", least, (pixel, value) => {
      const [a, b] = [this.y(sign * most[pixel]), this.y(sign * value)];
      this.context.rect(pixel, Math.min(a, b), 1, Math.abs(b - a));
    });
    const apart = (columns) => columns.map((value, pixel) => (Math.abs(this.y(sign * most[pixel]) - this.y(sign * least[pixel])) < LEAST_BAND ? NaN : value));
    for (const edge of [least, most]) this.#line(apart(edge), "rgba(20,30,38,.62)", 0.9, sign);
  }

  /** Where one bin ends and the next begins: a value of 128 bp is of all of them alike. */
  edges(resolution, start, from, to) {
    const { bpStart, bpPerPixel } = this.view;
    const wide = resolution / bpPerPixel;
    if (wide < LEAST_STEP) return;
    this.context.fillStyle = "rgba(255,255,255,.86)";
    for (let bin = Math.ceil((bpStart - start) / resolution); ; bin++) {
      const x = (start + bin * resolution - bpStart) / bpPerPixel;
      if (x > to) return;
      if (x > from) this.context.fillRect(x - 0.5, this.top, Math.min(1.2, wide / 4), this.height - 1);
    }
  }

  /** The edited sequence's line over the reference's grey bars. */
  overlay(reference, edited, colour) {
    this.bars(this.columns(reference), REFERENCE);
    this.#line(this.columns(edited), colour, 1.3);
  }

  #line(columns, colour, width, sign = 1) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    let drawn = false;
    for (let pixel = 0; pixel < columns.length; pixel++) {
      if (columns[pixel] !== columns[pixel]) { drawn = false; continue; }
      const y = this.y(sign * columns[pixel]);
      if (drawn) context.lineTo(pixel, y);
      else context.moveTo(pixel, y);
      context.lineTo(pixel + 1, y);
      drawn = true;
    }
    context.stroke();
  }

  /** Edited minus reference, blue where there is more and red where there is less. */
  difference(reference, edited) {
    const [before, after] = [this.columns(reference), this.columns(edited)];
    const zero = this.y(0);
    for (const [colour, sign] of [[MORE, 1], [LESS, -1]]) {
      this.#fill(colour, after, (pixel, value) => {
        const change = value - before[pixel];
        if (Math.sign(change) !== sign) return;
        const y = this.y(change);
        this.context.rect(pixel, Math.min(y, zero), 1, Math.abs(zero - y));
      });
    }
    this.context.fillStyle = "rgba(90,105,115,.5)";
    this.context.fillRect(0, zero, this.view.pixelWidth, 0.6);
  }

  #fill(colour, columns, add) {
    const { context } = this;
    context.fillStyle = colour;
    context.beginPath();
    for (let pixel = 0; pixel < columns.length; pixel++) if (columns[pixel] === columns[pixel]) add(pixel, columns[pixel]);
    context.fill();
  }
}

/** Hatched: nothing was predicted here. */
export function hatch(context, from, to, height) {
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

/** One axis beside a lane: its ends, and a line. */
export function axis(context, width, { top, height }, { min, max, signed = false, strands = false }) {
  context.font = "10px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillStyle = INK;
  context.textBaseline = "top";
  context.fillText(`${signed ? "+" : ""}${formatValue(max)}${strands ? " +" : ""}`, width - 6, top + 2, width - 8); // narrower rather than without its sign
  if (height >= 26) {
    context.textBaseline = "bottom";
    context.fillText(signed ? `−${formatValue(-min)}` : strands ? `${formatValue(-min)} −` : formatValue(min), width - 6, top + height - 1, width - 8);
  }
  context.fillStyle = "#aab4ba";
  context.fillRect(width - 2.5, top + 2, 1, height - 3);
}
