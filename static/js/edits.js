// The edits of a prediction: the bar above the tracks, their marks as a track of igv.js, and how a new one joins them.

import { _, fill } from "./language.js";
import { formatBp, formatPosition } from "./locus.js";

const KINDS = { snv: "#8b3fa0", insertion: "#1d62a8", deletion: "#b3302a", replacement: "#8b3fa0" };

export class EditBar {
  #root; #chips; #own;

  /** onEdits(texts): ask for these edits, none for the reference; onMode(mode): what tracks show. */
  constructor(root, { onEdits, onMode, onGo }) {
    this.#root = root;
    this.#chips = root.querySelector("#edit-chips");
    this.#own = root.querySelector("#edit-axis");
    let texts = [];
    this.texts = () => texts;
    this.draw = (edits) => {
      texts = edits.map(({ text }) => text);
      this.#chips.replaceChildren(...edits.map((edit) => chip(edit, {
        go: () => onGo(edit), drop: () => onEdits(texts.filter((text) => text !== edit.text)),
      })));
    };
    root.querySelector("#edit-undo").addEventListener("click", () => onEdits(texts.slice(0, -1)));
    root.querySelector("#edit-reset").addEventListener("click", () => onEdits([]));
    for (const button of root.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => {
        this.press(button.dataset.mode);
        onMode(button.dataset.mode);
      });
    }
  }

  /** Show the edits of a prediction; `own`: the page draws the edited sequence at its own places. */
  show(prediction, own) {
    const edits = prediction?.edits ?? [];
    this.#root.hidden = !edits.length;
    this.draw(inOrder(edits, prediction));
    const moves = edits.some(({ ref, alt }) => ref.length !== alt.length);
    this.#own.hidden = !moves || prediction.state !== "DONE";
    if (moves) {
      this.#own.textContent = own ? _("Draw at the reference’s places") : _("Draw at its own places");
      this.#own.href = `${prediction.url}?axis=${own ? "ref" : "own"}`; // said always: a kept state has an axis too
    }
    this.#root.querySelector(".modes").hidden = own;
  }

  /** Show which of MODES the tracks are in. */
  press(mode) {
    for (const button of this.#root.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }
}

/** As they were made, where this browser knows it: undo takes back the latest. By place otherwise. */
function inOrder(edits, prediction) {
  const made = madeOrder(prediction?.id);
  return made ? [...edits].sort((a, b) => made.indexOf(a.text) - made.indexOf(b.text)) : edits;
}

const KEY = "locuscope.edits", KEPT = 60;

/** Note in which order the edits of a prediction were made, `before` and then the new ones: the server keeps them by place, in
 * its own words. */
export function noteOrder({ id, edits }, before) {
  const now = edits.map(({ text }) => text);
  const texts = [...before.filter((text) => now.includes(text)), ...now.filter((text) => !before.includes(text))];
  const known = readOrders().filter(([other]) => other !== id);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([[id, texts], ...known].slice(0, KEPT)));
  } catch { /* private browsing: undo goes by place */ }
}

function madeOrder(id) { return readOrders().find(([other]) => other === id)?.[1]; }

function readOrders() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

/** One of KINDS. */
export function kindOf({ ref, alt }) {
  if (ref.length === alt.length) return ref.length === 1 ? "snv" : "replacement";
  if (!ref.length) return "insertion";
  return alt.length ? "replacement" : "deletion";
}

/** "T to A", "12 bp inserted". */
export function editText({ ref, alt }) {
  const kind = kindOf({ ref, alt });
  if (kind === "snv") return fill(_("%(ref)s to %(alt)s"), { ref, alt });
  if (kind === "insertion") return fill(_("%(bases)s inserted"), { bases: alt.length > 12 ? formatBp(alt.length) : alt });
  if (kind === "deletion") return fill(_("%(bases)s deleted"), { bases: ref.length > 12 ? formatBp(ref.length) : ref });
  return fill(_("%(before)s replaced by %(after)s"), { before: formatBp(ref.length), after: formatBp(alt.length) });
}

/** [start, end) of reference bases without an edited value: deleted ones (of a replacement by fewer bases the last), and at the
 * right end what insertions have pushed out of the input. */
export function gapsOf({ edits, interval, edited_bp: editedBp }) {
  const gaps = edits.filter(({ ref, alt }) => ref.length > alt.length).map(({ start, end, alt }) => ({ start: start + alt.length, end }));
  const shift = edits.reduce((sum, { ref, alt }) => sum + alt.length - ref.length, 0);
  const lost = interval.end - interval.start + shift - (editedBp ?? interval.end - interval.start);
  return lost > 0 ? [...gaps, { start: interval.end - lost, end: interval.end }] : gaps;
}

/** [{edit, start, end}] by place; `own`: {name} of the edited sequence, which counts from its first base. */
export function placesOf(prediction, own) {
  let moved = 0;
  return prediction.edits.map((edit) => {
    const start = own ? edit.start - prediction.interval.start + moved : edit.start;
    moved += edit.alt.length - edit.ref.length;
    return { edit, start, end: start + Math.max(1, own ? edit.alt.length : edit.end - edit.start) };
  });
}

/** Bases of the reference that a stretch [start, end) of the edited sequence, counted from its first base, came from or stands for. */
export function referencePlace({ start, end }, { edits, interval }) {
  const back = (position, last) => {
    let moved = 0; // bases that the edits before have added
    for (const edit of edits) {
      const from = edit.start - interval.start + moved;
      if (position < from || (last && position === from)) break;
      if (position < from + edit.alt.length) return last ? edit.end : edit.start; // within what is new: all that it replaced
      moved += edit.alt.length - (edit.end - edit.start);
    }
    return interval.start + position - moved;
  };
  return { chromosome: interval.chromosome, start: back(start, false), end: Math.max(back(start, false) + 1, back(end, true)) };
}

const LETTER_PX = 6.5; // of a mark's label, about
const ROWS = 5;

/** Marks [{chr, start, end, name}] by place as a source of igv.js: edits a few bases apart stand under each other, each with its label. */
export class Marks {
  searchable = false;
  marks;

  constructor(marks) { this.marks = marks; }

  supportsWholeGenome() { return false; }

  async getFeatures({ chr, start, end, bpPerPixel }) {
    return staggered(this.marks, bpPerPixel).filter((mark) => mark.chr === chr && mark.start < end && mark.end > start);
  }
}

/** Each mark with the first `row` in which its label is free of the one before. */
export function staggered(marks, bpPerPixel) {
  const ends = [];
  return marks.map((mark) => {
    const half = (mark.name.length * LETTER_PX * bpPerPixel) / 2;
    const [middle, wide] = [(mark.start + mark.end) / 2, Math.max(half, (mark.end - mark.start) / 2)];
    const free = ends.findIndex((end) => end <= middle - wide);
    const row = free >= 0 ? free : Math.min(ends.length, ROWS - 1);
    ends[row] = middle + wide;
    return { ...mark, row };
  });
}

/** The track of marks. */
export function marksTrack(prediction, own) {
  const features = placesOf(prediction, own).map(({ edit, start, end }) => ({
    chr: own ? own.name : prediction.interval.chromosome, start, end, name: editText(edit), color: KINDS[kindOf(edit)],
  }));
  return {
    type: "annotation", id: "edits", name: _("Edits"), featureSource: new Marks(features), displayMode: "EXPANDED", height: 42, autoHeight: true, maxHeight: 110, removable: false,
    order: 9, searchable: false, indexed: false,
  };
}

function chip(edit, { go, drop }) {
  const item = document.createElement("li");
  item.className = `chip ${kindOf(edit)}`;
  const name = document.createElement("button");
  name.type = "button";
  name.textContent = `${formatPosition(edit.start)} ${editText(edit)}`;
  name.title = fill(_("Go to %(edit)s"), { edit: edit.label });
  name.addEventListener("click", go);
  const cross = document.createElement("button");
  cross.type = "button";
  cross.className = "cross";
  cross.textContent = "×";
  cross.setAttribute("aria-label", fill(_("Take back %(edit)s"), { edit: edit.label }));
  cross.addEventListener("click", drop);
  item.append(name, cross);
  return item;
}
