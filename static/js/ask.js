// The form for a new prediction: a locus or a pasted sequence, and the tracks.

import * as api from "./api.js";
import { TrackChooser } from "./chooser.js";
import { formatBp } from "./locus.js";

export class AskForm {
  #form; #locus; #sequence; #error; #button; #chooser; #page; #typed = false; #onAccepted; #asked = 0;

  /** onAccepted(answer) once the server has taken or reused a request; view() is what the browser shows, as text. */
  constructor(form, page, { onAccepted, view }) {
    this.#form = form;
    this.#page = page;
    this.#onAccepted = onAccepted;
    this.#locus = form.querySelector("#ask-locus");
    this.#sequence = form.querySelector("#ask-sequence");
    this.#error = form.querySelector("#ask-error");
    this.#button = form.querySelector("#predict");
    this.#chooser = new TrackChooser(form.querySelector("#choose"), page.model);
    this.#tabs();
    this.#locus.addEventListener("input", () => { this.#typed = this.#locus.value.trim() !== ""; });
    this.#sequence.addEventListener("input", () => this.#count());
    form.querySelector("#use-view").addEventListener("click", () => {
      this.#typed = false;
      this.follow(view());
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(this.#spec());
    });
  }

  /** Keep the locus in step with the view, until somebody types their own. */
  follow(text) {
    if (!this.#typed) this.#locus.value = text ?? "";
  }

  /** Ask for a locus or gene at once. */
  predict(text) {
    this.#select("tab-locus");
    this.#typed = false;
    this.#locus.value = text;
    return this.#submit(this.#spec());
  }

  /** Ask again for something given whole: {locus} or {sequence, name}. */
  again(input) {
    return this.#submit({ genome: this.#page.genome, ...input, tracks: this.#chooser.keys });
  }

  get tracks() { return this.#chooser; }

  #spec() {
    const tracks = this.#chooser.keys;
    if (this.#pasting) return { sequence: this.#sequence.value, tracks };
    return { genome: this.#page.genome, locus: this.#locus.value, tracks };
  }

  get #pasting() { return this.#form.querySelector("#tab-paste").ariaSelected === "true"; }

  async #submit(spec) {
    this.#say(null);
    if (!spec.tracks.length) return this.#say(new api.Refusal("Choose at least one track."));
    this.#button.disabled = true;
    const mine = ++this.#asked;
    try {
      const answer = await api.submit(spec);
      if (mine !== this.#asked) return undefined; // asked for something else meanwhile; this one is computed all the same
      this.#typed = false;
      await this.#onAccepted(answer);
    } catch (error) {
      if (mine === this.#asked) this.#say(error);
    } finally {
      if (mine === this.#asked) this.#button.disabled = false;
    }
    return undefined;
  }

  #say(error) {
    this.#error.hidden = !error;
    this.#error.replaceChildren();
    if (!error) return;
    if (!(error instanceof api.Refusal)) console.error(error);
    this.#error.append(error instanceof api.Refusal ? error.message : "Something went wrong in this page; load it again.");
    for (const name of this.#pasting ? [] : error.suggestions ?? []) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => {
        this.#locus.value = name;
        this.#typed = true;
        this.#say(null);
        this.#locus.focus();
      });
      this.#error.append(" ", button);
    }
    this.#error.scrollIntoView({ block: "nearest" });
  }

  #count() {
    const text = this.#sequence.value;
    const bases = text.replace(/^>.*$/gm, "").replace(/[\s\d]/g, "").length;
    this.#form.querySelector("#counted").textContent = bases
      ? `${formatBp(bases)} pasted${bases > this.#page.maxBp ? `; the model reads at most ${formatBp(this.#page.maxBp)}` : ""}.`
      : "One record. Spaces, line numbers and U are understood.";
  }

  #tabs() {
    const tabs = [...this.#form.querySelectorAll("[role=tab]")];
    for (const tab of tabs) {
      tab.addEventListener("click", () => this.#select(tab.id));
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
        this.#select(other.id);
        other.focus();
      });
    }
  }

  #select(id) {
    for (const tab of this.#form.querySelectorAll("[role=tab]")) {
      const chosen = tab.id === id;
      tab.ariaSelected = String(chosen);
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    this.#say(null);
  }
}
