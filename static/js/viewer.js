// The embedded genome browser: builds igv.js for a genome, puts a prediction's tracks in, reports where people look.

import igv from "../vendor/igv-3.8.10/igv.esm.min.js";
import { Annotations, registerPlace } from "./annotations.js";
import * as api from "./api.js";
import { CONTACTS, registerContacts } from "./contact-track.js";
import { marksTrack } from "./edits.js";
import { isFileRow } from "./file-rows.js";
import { HEAT, registerHeat } from "./heat-track.js";
import { keepBasesHere, letGoOfRemoved, letSwipesScroll, nameLiterally, restyle } from "./igv-frame.js";
import { speak } from "./igv-language.js";
import { JUNCTIONS, registerJunctions } from "./junction-track.js";
import { formatLocus } from "./locus.js";
import { LOGO, registerLogo } from "./logo-track.js";
import { MEASURED, registerMeasured } from "./measured-track.js";
import { literalPopup } from "./popup.js";
import { pickBases } from "./picking.js";
import { MODES, register, TYPE } from "./predicted-track.js";
import { buildRows } from "./row-building.js";
import { ScaleDialog } from "./scale-dialog.js";
import { keptOf, noted } from "./row-keeping.js";
import { editedHeight, Layout, rowConfig } from "./signal-rows.js";
import { signalMenu } from "./signal-menu.js";
import { SquareView } from "./square-view.js";
import { WindowLoader } from "./windows.js";

const PREDICTED = new Set([TYPE, HEAT, CONTACTS, JUNCTIONS]);
const NARROW = 720; // px; a phone has no room for handles
const SIDES = 64, HANDLES = 40; // px that igv.js keeps for the axis and its scroll bar, and for handles and menus
const MIN_BP = 30; // of a view
const SLACK = 1.02; // of what is asked for before igv.js has its width

export class Viewer {
  #element; #browser = null; #onMove; #onFeature; #onPick; #genome = ""; #mode = MODES[0]; #turn = 0; #logo = null;
  #about = null; #chosen = null; #layout = new Layout(); #arranging = Promise.resolve(); #onHidden; #onRows; #square; #scales; #annotations = null; #coming = null; // of the signals that are shown

  /**
   * onMove({chromosome, start, end}) after each change of place; onFeature(feature) returns a popup's markup or null;
   * onPick(chromosome, position, {x, y}): somebody wants to edit a base, null where the genome has none to edit;
   * onHidden(keys, measured): these predicted tracks and measured rows (ids) were taken off the screen; onRows(): predicted rows came or went; plotly: its address.
   */
  constructor(element, { onMove, onFeature, onPick, plotly, onHidden = () => {}, onRows = () => {} }) {
    this.#element = element;
    this.#onMove = onMove;
    this.#onFeature = onFeature;
    this.#onPick = onPick;
    this.#onHidden = onHidden;
    this.#onRows = onRows;
    registerLogo(igv);
    registerPlace(igv);
    const scales = new ScaleDialog({
      rows: () => this.#signals().filter(({ type }) => type === TYPE).map(({ name, signal: { row } }) => ({ ...row, name })),
      apply: (keys, together) => { this.#layout.setGroup(keys, together); this.#arrange(); },
    });
    this.#scales = scales;
    const menu = (track) => signalMenu(track, this.#layout, () => this.#arrange(), (row) => scales.open(row));
    this.#square = new SquareView(element.parentElement, plotly);
    registerContacts(igv, (track) => this.#square.open(track));
    registerJunctions(igv);
    registerHeat(igv, menu);
    registerMeasured(igv);
    register(igv, menu, onPick && ((chromosome, position) => onPick(chromosome, position, this.#middle)));
    addEventListener("keydown", (event) => this.#key(event));
    letSwipesScroll(element.parentElement);
  }

  get browser() { return this.#browser; }
  get root() { return this.#element.shadowRoot; }
  get mode() { return this.#mode; }
  get square() { return this.#square; }

  /** Open a genome at a place. `reference` as the page describes it; the same genome is not built twice. */
  async open(reference, locus) {
    if (this.#browser && this.#genome === reference.id) {
      if (locus) await this.goTo(locus);
      return;
    }
    if (this.#browser) igv.removeBrowser(this.#browser);
    this.#genome = reference.id;
    const { annotations, pasted, ...genome } = reference;
    const later = new Annotations(annotations);
    this.#browser = await igv.createBrowser(this.#element, {
      reference: { ...genome, tracks: [] },
      locus: formatLocus(locus ?? { chromosome: pasted.name, start: 0, end: pasted.length }),
      loadDefaultGenomes: false, genomeList: [], search: false,
      showControls: false, showIdeogram: Boolean(reference.cytobandURL), showCursorGuide: false, showTrackLabels: true, minimumBases: MIN_BP,
      showTrackDragHandles: innerWidth > NARROW, showGearColumn: innerWidth > NARROW,
      tracks: later.places,
    });
    later.of(this.#browser);
    this.#annotations = later;
    restyle(this.#element.shadowRoot);
    speak(this.#element.shadowRoot);
    keepBasesHere(this.#browser);
    nameLiterally(this.#browser);
    letGoOfRemoved(this.#browser);
    if (this.#onPick) pickBases(this.#browser, this.#onPick, (place) => this.goTo(place));
    this.#browser.on("locuschange", (frames) => this.#moved(frames));
    this.#browser.on("trackremoved", (tracks) => this.#removed([tracks].flat()));
    this.#browser.on("trackclick", (track, data) => this.#clicked(track, data));
    this.#moved(this.#browser.referenceFrameList);
  }

  /** The catalogue has come: heat maps name their rows by it. */
  rename() { for (const { track } of this.#browser?.trackViews ?? []) if (track.type === HEAT) track.trackView.repaintViews(); }

  /** Genes and features, which wait for the predictions to be drawn. */
  annotate() { return this.#annotations?.fill(); }

  /** Replace the predicted tracks by those of a finished prediction; `own`: {name, length} of the edited sequence as a genome. */
  async show(prediction, known, own = null) {
    this.clear();
    const mine = this.#turn;
    const { interval, loader, offset } = this.#valuesOf(prediction, own);
    this.#about = { interval, loader, prediction, known, own, offset };
    if (this.#chosen && !prediction.tracks.some(({ key }) => this.#chosen.has(key))) this.#chosen = null;
    if (prediction.edits.length) {
      const marks = await this.#browser.loadTrackList([marksTrack(prediction, own)]);
      if (mine !== this.#turn) return marks.forEach((track) => this.take(track)); // another one was asked for meanwhile
    }
    return this.#arrange();
  }

  /** Where a prediction has values, and what loads them: the same of the same one. */
  #valuesOf(prediction, own) {
    if (this.#coming?.id === prediction.id && this.#coming.own === own) return this.#coming;
    // At its own places the edited sequence counts from its first base, the server from the prediction's start.
    const offset = own ? prediction.interval.start : 0;
    const interval = own ? { chromosome: own.name, start: 0, end: own.length } : prediction.interval;
    const loader = new WindowLoader(interval, (keys, window) =>
      api.windows(prediction.id, keys, { ...window, start: window.start + offset, end: window.end + offset }));
    this.#coming = { id: prediction.id, own, offset, interval, loader };
    return this.#coming;
  }

  /** Ask for what igv.js will ask for once it has read the genome and made its rows, which takes longer than the answer: three views' width. */
  expect(prediction, own, place) {
    if (prediction?.state !== "DONE" || prediction.edits.length || place?.chromosome !== (own?.name ?? prediction.interval.chromosome)) return;
    const { start, end } = this.#valuesOf(prediction, own).interval;
    if (place.start < start || place.end > end || place.end - place.start < MIN_BP) return; // igv.js will show another stretch than was asked for
    const pixels = this.#browser?.calculateViewportWidth(1) ?? this.#element.clientWidth - SIDES - (innerWidth > NARROW ? HANDLES : 0);
    const width = place.end - place.start;
    const keys = prediction.tracks.filter(({ key, shape }) => shape === "bins" && (this.#chosen?.has(key) ?? true)).map(({ key }) => key);
    this.#valuesOf(prediction, own).loader.ahead(keys, place.start - SLACK * width, place.end + SLACK * width, width / pixels);
  }

  /** Of the predicted tracks show these only; null: all of them. */
  async choose(keys) {
    this.#chosen = keys && new Set(keys);
    await this.#arrange();
  }

  /** Rows of signals as they are: [{id, mode, keys}], from the top. */
  get rows() { return this.#signals().map(({ mode, signal }) => ({ ...signal.row, mode: signal.edited ? signal.row.mode : mode })); }

  /** Arrange the signals as they once were: [{key, hidden, mode}], `key` a row's id or a track's, `mode` a row's; none: as they open,
   *  also when they do later, because the prediction is still being made. */
  async restore(states) {
    if (!states.length) return;
    const { tracks } = this.#about.prediction;
    const hidden = new Set(states.filter((state) => state.hidden).map(({ key }) => key));
    this.#layout.restore(states.filter((state) => !state.hidden), tracks);
    const measured = [...hidden].filter((key) => key.startsWith(`${MEASURED}:`));
    if (hidden.size) this.#onHidden([...hidden].filter((key) => !measured.includes(key)), measured);
    await this.choose(tracks.map(({ key }) => key).filter((key) => !hidden.has(key)));
  }

  /** Take away rows that are no more, put in those that are new; what stays keeps its place, colour and height. */
  #arrange() { // one after the other: igv.js knows a track only once it is loaded
    this.#arranging = this.#arranging.catch(() => {}).then(() => this.#arrangeNow());
    return this.#arranging;
  }

  async #arrangeNow() {
    if (!this.#about) return undefined;
    const mine = this.#turn;
    const about = { ...this.#about, editMode: this.#mode };
    const { prediction, own } = about;
    const tracks = prediction.tracks.filter(({ key }) => !this.#chosen || this.#chosen.has(key));
    const rows = this.#layout.rows(tracks, prediction.edits.length > 0 && !own);
    const order = new Map(prediction.tracks.map(({ key }, at) => [key, 10 + at]));
    const name = ({ row, scaledWith }) => JSON.stringify([row, scaledWith]);
    const wanted = new Map(rows.map((row) => {
      const config = rowConfig(row, order.get(row.keys[0]), rows, about);
      return [name(config.signal), config];
    }));
    const kept = new Map(); // by key: a row's strands may part
    for (const track of this.#signals()) {
      if (wanted.delete(name(track.signal))) continue;
      for (const key of track.signal.row.keys) kept.set(key, noted(track));
      this.take(track);
    }
    const loaded = await buildRows(this.#browser, [...wanted.values()].map((config) => ({ ...config, ...keptOf(config, kept.get(config.signal.row.keys[0])) })));
    if (mine !== this.#turn) return loaded.forEach((track) => this.take(track));
    this.#square.offer(this.#signals().filter(({ type }) => type === CONTACTS), this.place);
    return this.#onRows();
  }

  #signals() { return (this.#browser?.trackViews ?? []).map(({ track }) => track).filter(({ type }) => PREDICTED.has(type)); }

  /** Take a track away, without anybody's having asked for it. */
  take(track) {
    track.leaving = true; // by our hand, not by a person's
    if (this.#browser.trackViews.includes(track.trackView)) this.#browser.removeTrack(track);
  }

  #removed(tracks) {
    const mine = tracks.filter((track) => !track.leaving);
    const keys = mine.filter(({ signal }) => signal?.row).flatMap(({ signal }) => signal.row.keys);
    const measured = mine.filter(({ type }) => type === MEASURED).map(({ id }) => id);
    if (measured.length) this.#onHidden([], measured);
    if (!this.#about || !(keys.length || measured.length)) return;
    if (keys.length) {
      this.#chosen ??= new Set(this.#about.prediction.tracks.map(({ key }) => key));
      for (const key of keys) this.#chosen.delete(key);
      this.#onHidden(keys, []);
    }
    this.#arrange().catch(() => {}); // its measured row, its part of the square view and of a common scale go too
  }

  /** Remove the predicted tracks; what was on its way is not drawn. */
  clear() {
    this.#turn++;
    this.#about = null;
    this.#square.offer([]);
    for (const track of this.#browser.findTracks(({ type, id }) => PREDICTED.has(type) || type === MEASURED || id === "edits")) this.take(track);
  }

  /** A logo of a saturation above the others; the same one again with other heights. */
  async showLogo({ name, logo }) {
    this.#logo ??= this.#browser.loadTrack({ type: LOGO, id: LOGO, name, logo, order: 0.5, height: 84, removable: false });
    const track = await this.#logo;
    track.trackView.setTrackLabelName?.(name);
    track.show(logo);
  }

  /** What the tracks of an edited sequence show: one of MODES. */
  setMode(mode) {
    this.#mode = mode;
    for (const { track } of this.#browser.trackViews.filter(({ track }) => PREDICTED.has(track.type) && track.signal.edited)) {
      track.mode = mode;
      track.trackView.setTrackHeight(track.heights?.[mode] ?? editedHeight(mode), true);
      track.trackView.repaintViews();
    }
  }

  /** Bases of a stretch of the genome that is shown. */
  async bases(chromosome, start, end) {
    const length = this.#lengthOf(chromosome);
    return (await this.#browser.genome.getSequence(chromosome, start, Math.min(end, length))) ?? "";
  }

  get #middle() {
    const { left, top, width } = this.#element.getBoundingClientRect();
    return { x: left + width / 2, y: Math.max(top, 0) + 40 };
  }

  /** As much of a place as the chromosome has. */
  goTo(locus) {
    const length = this.#lengthOf(locus.chromosome);
    const start = Math.max(0, Math.min(locus.start, length - 1));
    return this.#browser.search(formatLocus({ ...locus, start, end: Math.max(start + 1, Math.min(locus.end, length)) }));
  }

  #lengthOf(chromosome) { return this.#browser.genome.getChromosome(chromosome)?.bpLength ?? Infinity; }

  zoomIn() { this.#browser?.zoomIn(); }
  zoomOut() { this.#browser?.zoomOut(); }

  /** Where people look now: {chromosome, start, end}. */
  get place() {
    const [frame] = this.#browser?.referenceFrameList ?? [];
    if (!frame) return null;
    const length = this.#lengthOf(frame.chr);
    return { chromosome: frame.chr, start: Math.max(0, Math.round(frame.start)), end: Math.min(length, Math.round(frame.end)) };
  }

  #moved(frames) {
    if (!frames?.length || !this.#browser) return;
    this.#square.follow(this.place);
    this.#onMove(this.place);
  }

  #clicked(track, data) {
    if (!data?.length) return undefined;
    if (PREDICTED.has(track.type) || track.type === MEASURED || isFileRow(track)) return literalPopup(data);
    const said = {};
    for (const { name, value } of data) { // GFF attributes come as "kind:"; the transcript comes before its parts
      const key = name?.toLowerCase().replace(/:$/, "");
      if (key) said[key] ??= String(value);
    }
    return this.#onFeature(said, this.#lengthOf(this.place.chromosome)) ?? literalPopup(data);
  }

  #key(event) {
    const inside = this.#element.shadowRoot?.activeElement; // somebody types in one of igv.js's dialogs
    if (document.activeElement !== this.#element || inside || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.place;
    if (!place) return;
    const step = { ArrowLeft: -0.25, ArrowRight: 0.25 }[event.key];
    if (step) {
      const width = place.end - place.start;
      const length = this.#lengthOf(place.chromosome);
      const start = Math.min(Math.max(0, place.start + Math.round(step * width)), Math.max(0, length - width));
      this.goTo({ ...place, start, end: start + width });
    } else if (event.key === "+" || event.key === "=") this.zoomIn();
    else if (event.key === "-") this.zoomOut();
    else if (event.key === "s" && this.#signals().some(({ type }) => type === TYPE)) this.#scales.open();
    else if (event.key === "e" && this.#onPick) this.#onPick(place.chromosome, Math.floor((place.start + place.end) / 2), this.#middle);
    else return;
    event.preventDefault();
  }
}
