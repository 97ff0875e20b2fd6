// The form for a new prediction: a locus, a pasted sequence or variants, and the tracks.

import * as api from "./api.js";
import { _, fill } from "./language.js";
import { formatBp } from "./locus.js";
import { fits } from "./model-choice.js";

export class AskForm {
  #form; #locus; #sequence; #variants; #file; #error; #button; #chooser; #models; #page; #typed = false; #busy = false; #onAccepted; #asked = 0;

  /** onAccepted(answer) once the server has taken or reused a request; view() is what the browser shows, as text; `tracks`: a TrackFinder,
   * `models`: a ModelChoice. */
  constructor(form, page, { onAccepted, view, tracks, models }) {
    this.#form = form;
    this.#page = page;
    this.#onAccepted = onAccepted;
    this.#locus = form.querySelector("#ask-locus");
    this.#sequence = form.querySelector("#ask-sequence");
    this.#variants = form.querySelector("#ask-variants");
    this.#file = form.querySelector("#ask-file");
    this.#error = form.querySelector("#ask-error");
    this.#button = form.querySelector("#predict");
    this.#chooser = tracks;
    this.#models = models;
    this.#tabs();
    this.#locus.addEventListener("input", () => { this.#typed = this.#locus.value.trim() !== ""; });
    this.#sequence.addEventListener("input", () => this.#count());
    form.querySelector("#use-view").addEventListener("click", () => {
      this.#typed = false;
      this.follow(view());
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const twice = this.#chosen("tab-variants") && this.#file.files.length && this.#variants.value.trim();
      if (twice) this.#say(new api.Refusal(_("Both lines and a file are given; empty one of the two.")));
      else if (this.#chosen("tab-variants") && this.#file.files.length && !this.#scoring) this.#say(new api.Refusal(_("A file’s variants are scored each by itself; type those to draw together.")));
      else if (this.#scoring) this.#score(this.#scoreSpec());
      else this.#submit(this.#spec());
    });
    form.addEventListener("change", () => this.#label());
    const pasted = page.reference?.pasted && models.current && !fits(models.current, page.genome);
    this.#select(pasted ? "tab-paste" : "tab-locus");
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
    return this.#submit({ genome: this.#page.genome, ...this.#wish, ...input });
  }

  get tracks() { return this.#chooser; }

  /** Score every base of a locus or a gene's promoter: {saturation} or {scan}. */
  score(what) { return this.#score({ genome: this.#page.genome, ...this.#wish, ...what }); }

  /** The model and its tracks. */
  get #wish() { return { model: this.#models.current?.name, tracks: this.#chooser.keys }; }

  #spec() {
    const wish = this.#wish;
    if (this.#chosen("tab-paste")) return { sequence: this.#sequence.value, ...wish };
    if (this.#chosen("tab-variants")) {
      const variants = this.#variants.value.split("\n").map((line) => line.trim()).filter(Boolean);
      return { genome: this.#page.genome, variants, ...wish };
    }
    return { genome: this.#page.genome, locus: this.#locus.value, ...wish };
  }

  #chosen(tab) { return this.#form.querySelector(`#${tab}`).ariaSelected === "true"; }

  get #scoring() { return this.#chosen("tab-variants") && this.#form.elements.together.value === "each"; }

  /** A form where a file is given, else what was typed. */
  #scoreSpec() {
    const { model, tracks } = this.#wish;
    const [file] = this.#file.files;
    if (!file) return { genome: this.#page.genome, text: this.#variants.value, model, tracks };
    const form = new FormData();
    form.set("genome", this.#page.genome);
    if (model) form.set("model", model);
    if (tracks) form.set("tracks", tracks.join(","));
    form.set("file", file);
    return form;
  }

  async #score(spec) {
    this.#say(null);
    if (this.#chooser.keys?.length === 0) return this.#say(new api.Refusal(_("Choose at least one track.")));
    this.#busy = true;
    this.#label();
    try {
      location.assign((await api.submitScores(spec)).url);
    } catch (error) {
      this.#say(error);
    } finally {
      this.#busy = false;
      this.#label();
    }
    return undefined;
  }

  #label() {
    this.#button.disabled = this.#busy || !this.#models.current;
    this.#button.textContent = this.#scoring ? _("Score") : _("Predict");
  }

  async #submit(spec) {
    this.#say(null);
    if (spec.tracks?.length === 0) return this.#say(new api.Refusal(_("Choose at least one track.")));
    this.#busy = true;
    this.#label();
    const mine = ++this.#asked;
    try {
      const answer = await api.submit(spec);
      if (mine !== this.#asked) return undefined; // asked for something else meanwhile; this one is computed all the same
      this.#typed = false;
      this.#chooser.settle();
      await this.#onAccepted(answer);
    } catch (error) {
      if (mine === this.#asked) this.#say(error);
    } finally {
      if (mine === this.#asked) {
        this.#busy = false;
        this.#label();
      }
    }
    return undefined;
  }

  #say(error) {
    this.#error.hidden = !error;
    this.#error.replaceChildren();
    if (!error) return;
    if (!(error instanceof api.Refusal)) console.error(error);
    this.#error.append(error instanceof api.Refusal ? error.message : _("Something went wrong in this page; load it again."));
    for (const name of this.#chosen("tab-locus") ? error.suggestions ?? [] : []) {
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
    const said = { length: formatBp(bases), most: formatBp(this.#page.maxBp) };
    this.#form.querySelector("#counted").textContent = !bases
      ? _("One record. Spaces, line numbers and U are understood.")
      : bases > this.#page.maxBp ? fill(_("%(length)s pasted; the model reads at most %(most)s."), said) : fill(_("%(length)s pasted."), said);
  }

  #tabs() {
    const tabs = [...this.#form.querySelectorAll("[role=tab]")];
    for (const tab of tabs) {
      tab.addEventListener("click", () => this.#select(tab.id));
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const by = event.key === "ArrowLeft" ? -1 : 1;
        const other = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
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
    this.#models.fit(id === "tab-paste" ? null : this.#page.genome);
    this.#say(null);
    this.#label();
  }
}
