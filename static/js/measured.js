// Measured tracks of the genome under the predictions of the same assay: which there are, whether they are shown, how they are scaled.

import * as api from "./api.js";
import { _, fill } from "./language.js";
import { MEASURED } from "./measured-track.js";
import { TYPE } from "./predicted-track.js";
import { WindowLoader } from "./windows.js";
import { assayText, term } from "./words.js";

const SHOWN = "locuscope.measured", SAME = "locuscope.measured-scale";
const SPLITS = {
  train: _("training chromosome: the model learnt from these values"),
  valid: _("held out (validation): the model did not learn from these values"),
  test: _("held out (test): the model never saw these values"),
};

export class Measured {
  #page; #viewer; #root; #onFail; #catalogue = null; #turn = 0; #prediction = null; #own = false; #hidden = new Set(); // ids of rows that were taken away by hand

  /** `root` holds the two switches; hidden where nothing is installed. A page of a kept state opens with its switches, else with this
   * browser's. */
  constructor(page, viewer, root, onFail) {
    this.#page = page;
    this.#viewer = viewer;
    this.#root = root;
    this.#onFail = onFail;
    root.hidden = !page.measured;
    for (const [id, key] of [["show-measured", SHOWN], ["same-scale", SAME]]) {
      const button = root.querySelector(`#${id}`);
      this.#press(button, page.state ? Boolean(page.state.measured?.[key === SHOWN ? "shown" : "same"]) : stored(key));
      button.addEventListener("click", () => {
        this.#press(button, button.getAttribute("aria-pressed") !== "true");
        store(key, button.getAttribute("aria-pressed") === "true");
        this.#follow();
        this.#hidden.clear();
        this.show(this.#prediction, this.#own).catch(onFail);
      });
    }
    this.#follow();
  }

  /** As a link keeps it. */
  get state() { return this.#page.measured ? { shown: this.#is("show-measured"), same: this.#is("same-scale") } : null; }
  get hidden() { return [...this.#hidden]; }

  /** These rows were taken away by a person. */
  hide(ids) { for (const id of ids) this.#hidden.add(id); }

  get #on() { return Boolean(this.#page.measured) && this.#is("show-measured"); }
  #is(id) { return this.#root.querySelector(`#${id}`).getAttribute("aria-pressed") === "true"; }
  #press(button, pressed) { button.setAttribute("aria-pressed", String(pressed)); }
  #follow() { this.#root.querySelector("#same-scale").hidden = !this.#is("show-measured"); }

  /** Under the tracks of a finished prediction that the viewer shows; `own`: at an edited sequence's own places nothing was measured. */
  async show(prediction, own = false) {
    const mine = ++this.#turn;
    this.#prediction = prediction;
    this.#own = own;
    const { browser } = this.#viewer;
    for (const track of browser?.findTracks(({ type }) => type === MEASURED) ?? []) this.#viewer.take(track);
    const predicted = browser?.findTracks(({ signal }) => signal) ?? [];
    const before = predicted.filter(({ signal }) => signal.beside);
    for (const { signal } of before) delete signal.beside;
    if (this.#on && prediction?.genome && !own) {
      this.#catalogue ??= await api.measured(prediction.genome);
      if (mine !== this.#turn) return;
      const configs = this.#configs(prediction, predicted);
      const loaded = await browser.loadTrackList(configs);
      if (mine !== this.#turn) return loaded.forEach((track) => this.#viewer.take(track));
    }
    for (const track of new Set([...before, ...predicted.filter(({ signal }) => signal?.beside)])) again(track);
    return undefined;
  }

  #configs({ genome, interval }, predicted) {
    const { chromosome } = interval;
    const ask = (summary) => (keys, window) => api.measuredWindows({ genome, chromosome, ...(summary && { summary }) }, keys, window);
    const length = this.#viewer.browser.genome.getChromosome(chromosome).bpLength;
    const fine = new WindowLoader({ start: 0, end: length }, ask(""));
    const byResolution = new Map(); // bins that lie on the prediction's, each the mean: what the model was to predict
    const configs = [];
    const strands = predicted.filter(({ type }) => type === TYPE).flatMap((track) => track.signal.signals.map((one) => ({ track, one })));
    for (const [at, { track, one }] of strands.entries()) {
      const found = this.#catalogue.find(({ model_track: key }) => key === one.key);
      if (!found || this.#hidden.has(`measured:${found.key}`)) continue;
      const { resolution } = found;
      if (resolution > 1 && !byResolution.has(resolution)) {
        byResolution.set(resolution, new WindowLoader({ start: interval.start % resolution, end: length }, ask("mean")));
      }
      const name = `${found.key}@${found.version}`;
      const load = (start, end, zoom) => (resolution > 1
        ? byResolution.get(resolution).load(name, start, end, resolution) : fine.load(name, start, end, zoom));
      const shared = this.#is("same-scale") && found.unit === one.unit && !track.signal.edited;
      if (shared) (track.signal.beside ??= []).push(load);
      const split = Object.keys(found.splits).find((one) => found.splits[one].includes(chromosome));
      configs.push({
        type: MEASURED, id: `measured:${found.key}`, name: fill(_("measured: %(name)s"), found), order: track.order + 0.5 + at / 1e4, color: one.shade,
        height: Math.max(26, Math.round(track.height * 0.75)), removable: true,
        measured: {
          name: found.name, unit: found.unit, resolution, summary: found.summary, chromosome, load,
          beside: shared ? (...view) => track.signal.loader.load(one.key, ...view) : null,
          about: [
            { name: _("Assay"), value: assayText(found) },
            { name: _("What"), value: term(found.description) },
            { name: _("Publication"), value: found.publication },
            { name: _("Licence"), value: found.licence || _("none stated") },
            { name: _("From"), value: found.provenance },
            { name: chromosome, value: SPLITS[split] ?? "" },
          ].filter(({ value }) => value),
        },
      });
    }
    return configs;
  }
}

function stored(key) {
  try {
    return localStorage.getItem(key) === "1";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function store(key, on) {
  try {
    localStorage.setItem(key, on ? "1" : "0");
  } catch { /* the same */ }
}

/** Draw with another axis. */
function again(track) {
  track.clearCachedFeatures();
  track.trackView?.updateViews();
}
