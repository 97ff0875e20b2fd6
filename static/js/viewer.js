// The embedded genome browser: builds igv.js for a genome, puts a prediction's tracks in, reports where people look.

import igv from "../vendor/igv-3.8.10/igv.esm.min.js";
import * as api from "./api.js";
import { gapsOf, marksTrack } from "./edits.js";
import { formatLocus } from "./locus.js";
import { LOGO, registerLogo } from "./logo-track.js";
import { MEASURED, registerMeasured } from "./measured-track.js";
import { pickBases } from "./picking.js";
import { MODES, register, TYPE } from "./predicted-track.js";
import { WindowLoader } from "./windows.js";

const HEIGHTS = { both: 82, overlay: 46, difference: 40 }; // of a track of an edited sequence

const FORWARD = "#1f5fa8", REVERSE = "#b1470f", NEITHER = "#66727a";
const LEAST_AXIS = 0.1; // of the prediction's highest value: an axis never blows next to nothing up to a full bar
// The same for what is counted in events or sites: a thousandth of one is none, however much higher it is than around it.
const LEAST_BY_UNIT = { "binding events per 128 bp": 0.2, "annotated 3′ ends per base": 0.01, probability: 0.1 };
const NARROW = 720; // px; a phone has no room for handles
const geneColour = ({ strand }) => (strand === "+" ? FORWARD : strand === "-" ? REVERSE : NEITHER);

export class Viewer {
  #element; #browser = null; #onMove; #onFeature; #onPick; #genome = ""; #mode = MODES[0]; #turn = 0; #logo = null;

  /**
   * onMove({chromosome, start, end}) after each change of place; onFeature(feature) returns a popup's markup or null;
   * onPick(chromosome, position, {x, y}): somebody wants to edit a base, null where the genome has none to edit.
   */
  constructor(element, { onMove, onFeature, onPick }) {
    this.#element = element;
    this.#onMove = onMove;
    this.#onFeature = onFeature;
    this.#onPick = onPick;
    registerLogo(igv);
    registerMeasured(igv);
    register(igv, onPick && ((chromosome, position) => onPick(chromosome, position, this.#middle)));
    addEventListener("keydown", (event) => this.#key(event));
    letSwipesScroll(element.parentElement);
  }

  get browser() { return this.#browser; }

  /** Open a genome at a place. `reference` as the page describes it; the same genome is not built twice. */
  async open(reference, locus) {
    if (this.#browser && this.#genome === reference.id) {
      if (locus) await this.goTo(locus);
      return;
    }
    if (this.#browser) igv.removeBrowser(this.#browser);
    this.#genome = reference.id;
    const { annotations, pasted, ...genome } = reference;
    this.#browser = await igv.createBrowser(this.#element, {
      reference: { ...genome, tracks: [] },
      locus: formatLocus(locus ?? { chromosome: pasted.name, start: 0, end: pasted.length }),
      loadDefaultGenomes: false, genomeList: [], search: false,
      showControls: false, showIdeogram: false, showCursorGuide: false, showTrackLabels: true, minimumBases: 30,
      showTrackDragHandles: innerWidth > NARROW, showGearColumn: innerWidth > NARROW,
      tracks: annotations.map(annotationTrack),
    });
    restyle(this.#element.shadowRoot);
    keepBasesHere(this.#browser);
    if (this.#onPick) pickBases(this.#browser, this.#onPick, (place) => this.goTo(place));
    this.#browser.on("locuschange", (frames) => this.#moved(frames));
    this.#browser.on("trackclick", (track, data) => this.#clicked(track, data));
    this.#moved(this.#browser.referenceFrameList);
  }

  /** Replace the predicted tracks by those of a finished prediction; `own`: {name, length} of the edited sequence as a genome. */
  async show(prediction, catalogue, own = null) {
    const mine = ++this.#turn;
    this.clear();
    const { tracks } = prediction;
    // At its own places the edited sequence counts from its first base, the server from the prediction's start.
    const offset = own ? prediction.interval.start : 0;
    const interval = own ? { chromosome: own.name, start: 0, end: own.length } : prediction.interval;
    const loader = new WindowLoader(interval, (keys, window) =>
      api.windows(prediction.id, keys, { ...window, start: window.start + offset, end: window.end + offset }));
    const about = { interval, loader, prediction, catalogue, own, mode: this.#mode };
    const marks = prediction.edits.length ? [marksTrack(prediction, own)] : [];
    const loaded = await this.#browser.loadTrackList([...marks, ...tracks.map((track, index) => trackConfig(track, index, about))]);
    if (mine !== this.#turn) for (const track of loaded) this.#browser.removeTrack(track); // another one was asked for meanwhile
  }

  /** Remove the predicted tracks. */
  clear() {
    for (const track of this.#browser.findTracks(({ type, id }) => type === TYPE || type === MEASURED || id === "edits")) this.#browser.removeTrack(track);
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
    for (const { track } of this.#browser.trackViews.filter(({ track }) => track.type === TYPE && track.signal.edited)) {
      track.mode = mode;
      track.trackView.setTrackHeight(HEIGHTS[mode], true);
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
    if (frames?.length && this.#browser) this.#onMove(this.place);
  }

  #clicked(track, data) {
    if (track.type === TYPE || track.type === MEASURED || !data?.length) return undefined;
    const said = {};
    for (const { name, value } of data) { // GFF attributes come as "kind:"; the transcript comes before its parts
      const key = name?.toLowerCase().replace(/:$/, "");
      if (key) said[key] ??= String(value);
    }
    return this.#onFeature(said, this.#lengthOf(this.place.chromosome)) ?? undefined;
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
    else if (event.key === "e" && this.#onPick) this.#onPick(place.chromosome, Math.floor((place.start + place.end) / 2), this.#middle);
    else return;
    event.preventDefault();
  }
}

/** igv.js takes every touch for itself; up and down belong to the page. */
function letSwipesScroll(frame) {
  let from = null;
  frame.addEventListener("touchstart", (event) => { from = event.touches[0]; }, { capture: true, passive: true });
  frame.addEventListener("touchmove", (event) => {
    const to = event.touches[0];
    if (from && Math.abs(to.clientY - from.clientY) > Math.abs(to.clientX - from.clientX)) event.stopPropagation();
  }, { capture: true, passive: true });
}

/** Without the sequence track's offer to send its bases to a search elsewhere. */
function keepBasesHere(browser) {
  for (const track of browser.findTracks((track) => track.type === "sequence")) {
    const items = track.contextMenuItemList.bind(track);
    track.contextMenuItemList = (click) => items(click)?.filter(({ label }) => !label?.startsWith?.("BLAT"));
  }
}

/** igv.js lives in a shadow root; this is how our type and quieter handles get in. */
function restyle(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .igv-container { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    .igv-track-label { border: 0; border-radius: 4px; background: rgb(255 255 255 / 84%); color: #17212b; font-size: 12px;
      font-weight: 600; padding: 1px 6px; box-shadow: 0 0 0 1px rgb(20 40 50 / 8%); font-family: inherit; }
    .igv-ui-popover { max-width: min(380px, 90vw); }
    .igv-ui-popover > div:last-child, .igv-ui-popover > div:last-child div { white-space: normal; }
    .igv-track-drag-column .igv-track-drag-handle-color { background-color: #e3e8ea; }
    .igv-gear-menu-column svg { color: #93a0a8; }
  `);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

function annotationTrack({ id, name, url }, index) {
  const genes = id === "genes";
  return {
    type: "annotation", format: "gff3", id, name, url, indexed: false, order: 1 + index, // above the predictions
    displayMode: genes ? "EXPANDED" : "COLLAPSED", height: genes ? 62 : 30, autoHeight: false, removable: false,
    visibilityWindow: -1, nameField: "Name", color: geneColour, searchable: false,
  };
}

function trackConfig(track, index, { interval, loader, prediction, catalogue, own, mode }) {
  const known = catalogue.get(track.key);
  const edited = prediction.edits.length > 0 && !own;
  const shared = partners(track, prediction.tracks);
  const highest = Math.max(0, ...[track, ...shared].map(({ maximum }) => maximum ?? 0));
  const about = [
    ...(known ? [
      { name: "Assay", value: `${known.assay}, ${known.biosample}` },
      { name: "What", value: known.description },
      { name: "Training data", value: known.source },
      ...(known.skill ? [{ name: "Held-out skill", value: skillText(known.skill) }] : []),
    ] : []),
    { name: "Model", value: `${prediction.model.title} ${prediction.model.version}, predicted` },
  ];
  return {
    type: TYPE, id: track.key, name: track.name, order: 10 + index, color: shade(track), removable: true,
    height: edited ? HEIGHTS[mode] : prediction.tracks.length > 16 ? 30 : track.resolution > 1 ? 34 : 46,
    mode,
    signal: {
      ...track, interval, loader, about, edited, gaps: own ? [] : gapsOf(prediction), suffix: own ? ":own" : "", scaledWith: shared.map(({ key }) => key),
      least: Math.max(LEAST_AXIS * highest, LEAST_BY_UNIT[track.unit] ?? 0),
    },
  };
}

/** The reverse strand in a lighter shade of its output's colour. */
function shade({ colour, strand }) {
  if (strand !== "-") return colour;
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + (255 - part) * 0.32)).join(",")})`;
}

const VERDICTS = { yes: "", unsure: "perhaps no better than that", no: "not skilful: no better than that" };

/** On chromosomes the model never saw. */
function skillText({ measure, value, low, high, prevalence, baseline, baseline_value: other, skilful }) {
  const name = measure.replace(/^AP/, "average precision");
  const chance = measure.startsWith("AP") ? `, by chance ${prevalence.toPrecision(1)}` : "";
  const beside = baseline ? `; ${baseline} alone ${other.toFixed(2)}` : "";
  return [`${name} ${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}${chance})${beside}`, VERDICTS[skilful]].filter(Boolean).join("; ");
}

/** The tracks that share this one's scale: "rna_wt_minus" for "rna_wt_plus". */
function partners(track, tracks) {
  if (track.strand === ".") return [];
  const assay = (key) => key.replace(/_(plus|minus)$/, "");
  return tracks.filter(({ key }) => key !== track.key && assay(key) === assay(track.key));
}
