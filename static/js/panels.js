// The panels beside the genome browser: one place on the page, four things it draws of what is in view. What each of them asks and draws is
// in its own module; here is when, and what people chose.

import * as api from "./api.js";
import { commented, creditOf } from "./credit.js";
import { HEAT } from "./heat-track.js";
import { _, fill } from "./language.js";
import { parseLocus } from "./locus.js";
import * as gene from "./panel-gene.js";
import * as measured from "./panel-measured.js";
import { PanelPointer } from "./panel-pointer.js";
import * as profile from "./panel-profile.js";
import { Saturation } from "./panel-saturation.js";
import { CONFIG, downloadPlot, downloadText, loadPlotly } from "./plotly.js";

const WAIT_MS = 180; // after the last move
const FRESH = { tab: "gene", gene: "", both: false, pair: "", feature: null, flank: 2000, at: "start", mean: false };
const NO_JOB = { job: null, column: 0 };
const $ = (id) => document.getElementById(id);

export class Panels {
  #page; #viewer; #current; #mayEdit; #root = $("panels"); #toggle = $("panels-toggle"); #plot = $("panel-plot"); #tabs;
  #state; #timer = 0; #turn = 0; #asking = new AbortController(); #drawn = null; #pointer = null; #resting = null; #saturation;

  /** current() => the prediction on the page; mayEdit(): whether the page is somebody's own; `page.state.panel` of a link is opened. */
  constructor(page, viewer, { current, mayEdit }) {
    this.#page = page;
    this.#viewer = viewer;
    this.#current = current;
    this.#mayEdit = mayEdit;
    this.#state = { ...FRESH, ...page.state?.panel };
    this.#saturation = new Saturation(page, () => this.refresh());
    this.#tabs = [...this.#root.querySelectorAll("[role=tab]")];
    this.#toggle.hidden = Boolean(page.own); // at an edited sequence's own places there are no genes and no measurements
    this.#wire();
    this.#show();
    if (page.state?.panel && !page.own) this.open();
  }

  get isOpen() { return !this.#root.hidden; }

  /** What a link keeps; null where the panels are closed. */
  state() { return this.isOpen ? { ...this.#state, ...(this.#state.tab === "saturation" ? this.#saturation.shown : NO_JOB) } : null; }

  /** The viewer was opened: clicks and the pointer are followed from now on. */
  watch() {
    this.#pointer ??= new PanelPointer(this.#viewer, {
      onRest: (position) => {
        if (!this.isOpen || !["gene", "profile"].includes(this.#state.tab)) return;
        this.#resting = position;
        if (this.#state.tab === "gene" ? !this.#state.gene : !this.#state.feature && !this.#state.mean) this.refresh();
      },
      onFeature: (feature) => this.#choose({ feature }),
    });
  }

  open() {
    this.#root.hidden = false;
    this.#root.parentElement.classList.add("with-panels");
    this.#toggle.setAttribute("aria-expanded", "true");
    this.#resize();
    this.refresh();
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#root.hidden = true;
    this.#root.parentElement.classList.remove("with-panels");
    this.#toggle.setAttribute("aria-expanded", "false");
    this.#resize();
  }

  /** The tracks have another width; igv.js keeps the scale then, people want the place. */
  #resize() {
    const { place } = this.#viewer;
    dispatchEvent(new Event("resize"));
    if (place) this.#viewer.goTo(place);
  }

  /** Another place is in view. */
  follow() {
    this.#resting = null;
    this.refresh();
  }

  /** A gene or another annotated feature was clicked: its fields, as popup.js reads them. */
  feature({ name, systematic, kind, location = "" }) {
    const place = parseLocus(location.replace(/ \([+-]\)$/, ""));
    if (!name || !place) return;
    const strand = /\(([+-])\)$/.exec(location)?.[1] ?? ".";
    const isGene = /coding|RNA/.test(kind ?? "");
    this.#choose({ feature: { start: place.start, end: place.end, strand, label: name }, ...(isGene && { gene: systematic || name }) });
  }

  /** Draw again, a moment after the last reason to. */
  refresh() {
    clearTimeout(this.#timer);
    if (this.isOpen) this.#timer = setTimeout(() => this.#draw(), WAIT_MS);
  }

  #choose(change) {
    const { tab } = this.#state;
    const { gene: name, ...rest } = change; // what was clicked is kept where it is shown
    if (tab === "gene" && name !== undefined) Object.assign(this.#state, { gene: name });
    if (tab === "profile") Object.assign(this.#state, rest, rest.feature ? { mean: false } : {});
    this.#show();
    this.refresh();
  }

  #set(change) {
    Object.assign(this.#state, change);
    this.#show();
    this.refresh();
  }

  /** The controls as the state is. */
  #show() {
    const { tab, both, flank, at, mean, feature } = this.#state;
    for (const one of this.#tabs) {
      const chosen = one.dataset.tab === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
    }
    $("panel-body").setAttribute("aria-labelledby", `panel-tab-${tab}`);
    for (const choices of this.#root.querySelectorAll("[data-for]")) choices.hidden = choices.dataset.for !== tab;
    $("panel-both").checked = both;
    $("panel-flank").value = String(flank);
    $("panel-what").value = `${mean ? "mean" : "feature"}-${at}`;
    $("panel-follow").hidden = !feature || mean;
  }

  #wire() {
    this.#toggle.addEventListener("click", () => {
      if (this.isOpen) return this.close();
      this.open();
      this.#tabs.find((tab) => tab.tabIndex === 0).focus({ preventScroll: innerWidth > 1080 });
      return undefined;
    });
    $("panels-close").addEventListener("click", () => {
      this.close();
      this.#toggle.focus();
    });
    for (const [index, tab] of this.#tabs.entries()) {
      tab.addEventListener("click", () => this.#set({ tab: tab.dataset.tab }));
      tab.addEventListener("keydown", ({ key }) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
        if (!step) return;
        const next = this.#tabs.at((index + step) % this.#tabs.length);
        next.focus();
        next.click();
      });
    }
    $("panel-gene").addEventListener("change", () => this.#set({ gene: $("panel-gene").value }));
    $("panel-both").addEventListener("change", () => this.#set({ both: $("panel-both").checked }));
    $("panel-pair").addEventListener("change", () => this.#set({ pair: $("panel-pair").value }));
    $("panel-flank").addEventListener("change", () => this.#set({ flank: Number($("panel-flank").value) }));
    $("panel-what").addEventListener("change", () => {
      const [what, at] = $("panel-what").value.split("-");
      this.#set({ at, mean: what === "mean" });
    });
    $("panel-follow").addEventListener("click", () => this.#set({ feature: null }));
    $("panel-column").addEventListener("change", () => {
      this.#saturation.column = Number($("panel-column").value);
      this.refresh();
    });
    $("panel-mutate").addEventListener("click", () => {
      const { prediction, place, tracks } = this.#context();
      if (prediction && place && this.#mayEdit()) this.#saturation.start(prediction, place, tracks);
    });
    for (const form of ["png", "svg"]) $(`panel-${form}`).addEventListener("click", () => downloadPlot(this.#plot, form, this.#drawn).catch(() => this.#say(_("The picture could not be drawn; try a smaller view."))));
    $("panel-csv").addEventListener("click", () => {
      const { title, about, credit, name, csv } = this.#drawn;
      downloadText(commented([title, about, credit], csv()), `${name}.csv`);
    });
    addEventListener("resize", () => { if (this.isOpen && this.#drawn && window.Plotly) window.Plotly.Plots.resize(this.#plot); });
  }

  #context() {
    const prediction = this.#current();
    return { page: this.#page, prediction: prediction?.state === "DONE" ? prediction : null, place: this.#viewer.place, tracks: shown(this.#viewer), state: this.#state, pointer: this.#resting };
  }

  async #draw() {
    const mine = ++this.#turn;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const context = this.#context();
    const { tab } = this.#state;
    this.#root.setAttribute("aria-busy", "true");
    try {
      const found = await this.#load(tab, context, signal);
      if (found.csv) await loadPlotly(this.#page.plotly);
      if (mine !== this.#turn) return;
      this.#fillChoices(tab, found);
      await this.#put(context.prediction ? { credit: creditOf(context.prediction), ...found } : found);
    } catch (error) {
      if (mine !== this.#turn || error.name === "AbortError") return;
      const { gene } = this.#state; // which can be let go also where it has no signal
      if (tab === "gene") this.#fillChoices(tab, { near: [], gene: gene ? { name: gene } : null });
      await this.#put({ error: this.#words(error) });
    }
    if (mine !== this.#turn) return;
    this.#root.removeAttribute("aria-busy");
    this.#root.dataset.drawn = String(Number(this.#root.dataset.drawn ?? 0) + 1);
  }

  #words(error) {
    if (error instanceof api.Refusal) return error.message;
    console.error(error);
    return _("This panel could not be drawn; load the page again.");
  }

  #load(tab, context, signal) {
    if (!context.prediction || !context.place) return { empty: _("The panels are drawn once there is a finished prediction.") };
    const { interval } = context.prediction;
    const { place, state } = context;
    const beside = place.chromosome !== interval.chromosome || place.end <= interval.start || place.start >= interval.end;
    const pinned = (tab === "gene" && state.gene) || (tab === "profile" && (state.mean || state.feature));
    if (beside && !pinned && tab !== "saturation") return { empty: _("Nothing was predicted here yet; predict what is in view to see it in this panel.") };
    return { gene: gene.load, measured: measured.load, profile: profile.load, saturation: (...all) => this.#saturation.load(...all) }[tab](context, signal);
  }

  /** Choices that depend on what was found. */
  #fillChoices(tab, found) {
    if (tab === "gene" && (found.near || !this.#state.gene)) {
      const near = found.near ?? [];
      const follow = found.gene && !this.#state.gene ? fill(_("%(gene)s (follows the view)"), { gene: found.gene.name }) : _("Follow the view");
      const options = [new Option(follow, ""), ...near.map(({ id, name, strand }) => new Option(`${name} (${strand === "-" ? "−" : strand})`, id))];
      if (this.#state.gene && !near.some(({ id }) => id === this.#state.gene)) options.push(new Option(found.gene.name, this.#state.gene));
      $("panel-gene").replaceChildren(...options);
      $("panel-gene").value = this.#state.gene;
    }
    if (tab === "measured") {
      const pairs = found.pairs ?? [];
      $("panel-pair").replaceChildren(...pairs.map(({ key, name }) => new Option(name, key)));
      $("panel-pair").value = found.pair ?? "";
      $("panel-pair").parentElement.hidden = pairs.length < 2;
    }
    if (tab === "saturation") {
      const columns = found.columns ?? [];
      $("panel-mutate").hidden = !found.mutate;
      $("panel-column").parentElement.hidden = columns.length < 2;
      $("panel-column").replaceChildren(...columns.map(({ name, scorer }, at) => new Option(`${name}: ${scorer}`, at)));
      if (columns.length) $("panel-column").value = String(found.column);
      $("panel-job").hidden = !found.link;
      if (found.link) $("panel-job").href = found.link;
    }
  }

  /** What was found, or why there is nothing; the last drawing goes only when there is another one or none. */
  async #put({ title = "", about = "", empty = "", command = "", error = "", ...found }) {
    $("panel-title").textContent = title;
    $("panel-about").textContent = about;
    $("panel-empty").hidden = !empty;
    $("panel-empty").replaceChildren(empty, ...(command ? [document.createElement("br"), Object.assign(document.createElement("code"), { textContent: command })] : []));
    this.#say(error);
    this.#drawn = found.csv ? { title, about, ...found } : null;
    $("panel-downloads").hidden = this.#plot.hidden = !found.csv;
    if (!found.csv) return window.Plotly?.purge(this.#plot);
    this.#plot.setAttribute("aria-label", `${title}. ${about}`);
    if (found.draw) return found.draw(this.#plot);
    return window.Plotly.react(this.#plot, found.traces, found.layout, found.config ?? CONFIG);
  }

  #say(sentence) {
    $("panel-error").hidden = !sentence;
    $("panel-error").textContent = sentence;
  }
}

/** Tracks with values along the sequence as they are drawn, from the top: what they are and their colours. */
function shown(viewer) {
  const rows = (viewer.browser?.trackViews ?? []).map(({ track }) => track).filter(({ signal }) => signal?.row && signal.signals);
  return rows.flatMap((track) => track.signal.signals.map(({ key, name, unit, strand, output, resolution, shade }, at) => ({
    key, name, unit, strand, output, resolution, outputName: track.signal.outputName, colour: at || track.type === HEAT ? shade : track.color || shade,
  })));
}
