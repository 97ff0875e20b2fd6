// Choosing an edit at a base: another base, a deletion, an insertion, or any notation. Opens where somebody clicked.

import { _, fill } from "./language.js";
import { formatBp, formatPosition } from "./locus.js";

const CONTEXT_BP = 6;

export class BaseEditor {
  #root; #bases; #most; #at = null; #back = null; #turn = 0;

  /**
   * bases(chromosome, start, end) => Promise<string>; onEdit(text) with a notation => Promise of the sentence that says what is wrong
   * with it, if anything; `most` bases in it.
   */
  constructor(root, { bases, onEdit, most }) {
    this.#root = root;
    this.#bases = bases;
    this.#most = most;
    const apply = async (text) => {
      this.close();
      const wrong = await onEdit(text);
      if (wrong) this.#again(wrong);
    };
    root.querySelector("#editor-close").addEventListener("click", () => this.close());
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && event.target.tagName !== "INPUT") {
        event.preventDefault();
        this.#step(event.key === "ArrowLeft" ? -1 : 1);
      }
    });
    for (const button of root.querySelectorAll("[data-base]")) {
      button.addEventListener("click", () => apply(this.#notation(this.#base, button.dataset.base)));
    }
    root.querySelector("#editor-delete").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#delete(apply).catch(() => this.#say(_("The bases could not be read; try again.")));
    });
    root.querySelector("#editor-insert").addEventListener("submit", (event) => {
      event.preventDefault();
      const inserted = clean(event.target.elements.bases.value);
      if (!inserted) return this.#say(_("Type the bases to insert: A, C, G or T."));
      if (/[^ACGTN]/.test(inserted)) return this.#say(fill(_("“%(text)s” holds letters that are no bases."), { text: inserted.slice(0, 20) }));
      return apply(this.#notation(this.#base, this.#base + inserted));
    });
    root.querySelector("#editor-type").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = event.target.elements.text.value.trim();
      if (!text) return this.#say(_("Type an edit such as chrII:278010:A>G."));
      return apply(text);
    });
  }

  get open() { return !this.#root.hidden; }

  /** Offer edits of the base at a 0-based position; `point` {x, y} in the window, else beside `anchor`. */
  async show(chromosome, position, point) {
    if (!await this.#look(chromosome, position)) return;
    this.#back ??= document.activeElement;
    this.#root.hidden = false;
    this.#place(point);
    this.#root.querySelector("[data-base]:not(:disabled)").focus();
  }

  close() {
    if (this.#root.hidden) return;
    this.#root.hidden = true;
    this.#turn++;
    this.#back?.focus?.({ preventScroll: true });
    this.#back = null;
  }

  /** Back where it was, with what was typed, unless another base was picked meanwhile. */
  #again(sentence) {
    if (this.open) return;
    this.#back = document.activeElement;
    this.#root.hidden = false;
    this.#say(sentence);
    this.#root.querySelector("#editor-type").elements.text.focus();
  }

  async #look(chromosome, position) {
    const mine = ++this.#turn;
    const first = Math.max(0, position - CONTEXT_BP);
    const bases = (await this.#bases(chromosome, first, position + CONTEXT_BP + 1)).toUpperCase();
    if (mine !== this.#turn || !bases[position - first]) return false;
    this.#at = { chromosome, position, bases, first };
    this.#say("");
    this.#root.querySelector("#editor-place").textContent = `${chromosome}:${formatPosition(position)}`;
    const here = document.createElement("b");
    here.textContent = this.#base;
    this.#root.querySelector("#editor-context").replaceChildren(bases.slice(0, position - first), here, bases.slice(position - first + 1));
    for (const button of this.#root.querySelectorAll("[data-base]")) button.disabled = button.dataset.base === this.#base;
    return true;
  }

  #step(by) {
    const { chromosome, position } = this.#at;
    if (position + by >= 0) this.#look(chromosome, position + by).catch(() => this.#say(_("The bases could not be read; try again.")));
  }

  get #base() { return this.#at.bases[this.#at.position - this.#at.first]; }

  /** chrII:278010:A>G, from the position shown on or another one. */
  #notation(ref, alt, position = this.#at.position) {
    const { chromosome } = this.#at;
    return `${chromosome}:${formatPosition(position).replaceAll(",", "")}:${ref}>${alt}`;
  }

  async #delete(apply) {
    const count = Number(this.#root.querySelector("#editor-delete").elements.count.value);
    if (!(Number.isInteger(count) && count >= 1 && count <= this.#most)) return this.#say(fill(_("Between 1 and %(most)s can be deleted."), { most: formatBp(this.#most) }));
    const { chromosome, position } = this.#at;
    // VCF writes a deletion with the base before it, at the very start with the one behind.
    const anchor = Math.max(0, position - 1);
    const ref = (await this.#bases(chromosome, anchor, position + count + (position ? 0 : 1))).toUpperCase();
    if (ref.length !== count + 1) return this.#say(_("The chromosome ends before that; delete fewer bases."));
    return apply(this.#notation(ref, position ? ref[0] : ref.at(-1), anchor));
  }

  #say(sentence) {
    const error = this.#root.querySelector("#editor-error");
    error.hidden = !sentence;
    error.textContent = sentence;
  }

  /** Beside the point, inside the window. */
  #place(point) {
    const { offsetWidth: width, offsetHeight: height } = this.#root;
    const x = Math.min(Math.max(8, point.x - width / 2), innerWidth - width - 8);
    const below = point.y + 16;
    const y = below + height > innerHeight - 8 ? Math.max(8, point.y - height - 16) : below;
    this.#root.style.left = `${x}px`;
    this.#root.style.top = `${y}px`;
  }
}

function clean(text) { return text.replace(/[\s\d]/g, "").toUpperCase(); }
