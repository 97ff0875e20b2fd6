// A model's tracks, and finding some of them: words, facets and their counts. No DOM.

import { Refusal } from "./api.js";
import { _ } from "./language.js";

const SEARCHED = ["name", "key", "assay", "biosample", "biosample_type", "ontology", "factor", "outputName", "description", "source"];
export const FACETS = ["output", "biosample_type", "biosample", "factor", "strand", "assay"];

/** The catalogues of the models that were asked for, each address fetched once. */
export class Catalogues {
  #coming = new Map(); #here = new Map();

  /** The model's catalogue at its address, which names its content; a failure is forgotten, so that it can be asked for again. */
  async of({ name, catalogue }) {
    if (!this.#coming.has(catalogue)) this.#coming.set(catalogue, fetched(catalogue));
    try {
      this.#here.set(name, await this.#coming.get(catalogue));
    } catch (error) {
      this.#coming.delete(catalogue);
      throw error;
    }
    return this.#here.get(name);
  }

  /** A model's catalogue if it has come. */
  read(name) { return this.#here.get(name); }
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Refusal(_("The list of tracks could not be read; load the page again."), { status: response.status });
  return new TrackCatalogue(await response.json());
}

export class TrackCatalogue {
  #texts; #names; #last; #codes = {}; #values = {};

  /** `said` as GET /models/NAME/catalogue answers. */
  constructor(said) {
    const outputs = new Map(said.outputs.map((output) => [output.key, output]));
    const coded = Object.entries(said.coded);
    this.tracks = said.keys.map((key, number) => {
      const track = { number, key, name: said.names[number], pair: null, skill: said.skill[number] ?? null };
      for (const [column, { values, codes }] of coded) track[column] = values[codes[number]];
      const output = outputs.get(track.output);
      track.outputName = output.name;
      track.colour = output.colour;
      track.resolution = output.resolution;
      track.shape = output.shape;
      return track;
    });
    for (const [one, other] of said.pairs) {
      this.tracks[one].pair = this.tracks[other].key;
      this.tracks[other].pair = this.tracks[one].key;
    }
    this.outputs = said.outputs;
    this.defaults = said.defaults.map((number) => said.keys[number]);
    this.presets = said.presets.map((preset) => ({ ...preset, keys: preset.tracks.map((number) => said.keys[number]) }));
    this.byKey = new Map(this.tracks.map((track) => [track.key, track]));
    this.#texts = this.tracks.map((track) => SEARCHED.map((column) => track[column]).join(" ").toLowerCase());
    this.#names = this.tracks.map(({ name, factor, ontology, key }) => `\n${name}\n${factor}\n${ontology}\n${key}\n`.toLowerCase());
    this.#last = { text: "", fits: new Uint8Array(this.tracks.length).fill(1) };
    for (const facet of FACETS) {
      this.#codes[facet] = said.coded[facet].codes;
      this.#values[facet] = said.coded[facet].values;
    }
  }

  get(key) { return this.byKey.get(key); }

  /** Facets that tell tracks apart: those with two values or more. */
  get facets() { return FACETS.filter((facet) => this.#values[facet].filter(Boolean).length > 1); }

  /**
   * Tracks with every word and, of each facet with some values chosen, one of these.
   * @param asked {text, chosen: {facet: Set of values}, among: Set of keys or null}
   * @returns {tracks, counts: {facet: [{value, count}]}}: a facet's counts are as if nothing were chosen of that facet
   */
  find({ text = "", chosen = {}, among = null }) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = this.#fitting(words.join(" "), words);
    const facets = this.facets;
    const wanted = facets.map((facet) => (chosen[facet]?.size ? this.#values[facet].map((value) => chosen[facet].has(value)) : null));
    const counted = facets.map((facet) => new Int32Array(this.#values[facet].length));
    const found = [];
    for (let number = 0; number < this.tracks.length; number++) {
      if (among && !among.has(this.tracks[number].key)) continue;
      if (!fits[number]) continue;
      let missed = -1, misses = 0;
      for (let at = 0; at < facets.length; at++) {
        if (wanted[at] && !wanted[at][this.#codes[facets[at]][number]]) { missed = at; misses++; }
      }
      if (!misses) {
        found.push(this.tracks[number]);
        for (let at = 0; at < facets.length; at++) counted[at][this.#codes[facets[at]][number]]++;
      } else if (misses === 1) counted[missed][this.#codes[facets[missed]][number]]++;
    }
    const counts = Object.fromEntries(facets.map((facet, at) => [facet, this.#tally(facet, counted[at], chosen[facet])]));
    return { tracks: words.length ? this.#ranked(found, words.join(" ")) : found, counts };
  }

  /** For each track whether it has every word; more of the same words are looked for only where the fewer were found. */
  #fitting(text, words) {
    if (text !== this.#last.text) {
      const { fits: before } = text.startsWith(this.#last.text) ? this.#last : { fits: null };
      const fits = new Uint8Array(this.tracks.length);
      for (let number = 0; number < fits.length; number++) fits[number] = (!before || before[number]) && hasAll(this.#texts[number], words) ? 1 : 0;
      this.#last = { text, fits };
    }
    return this.#last.fits;
  }

  /** Values by count, the model's order among outputs; values that are chosen stay though none is left. */
  #tally(facet, counts, chosen) {
    const rows = [];
    counts.forEach((count, code) => {
      const value = this.#values[facet][code];
      if (value && (count || chosen?.has(value))) rows.push({ value, count });
    });
    return facet === "output" ? rows : rows.sort((a, b) => b.count - a.count);
  }

  /** What is called so first, then what begins so. */
  #ranked(tracks, text) {
    const ranks = [[], [], []];
    for (const track of tracks) {
      const names = this.#names[track.number];
      ranks[names.includes(`\n${text}\n`) ? 0 : names.includes(`\n${text}`) ? 1 : 2].push(track);
    }
    return ranks.flat();
  }
}

function hasAll(text, words) {
  for (const word of words) if (!text.includes(word)) return false;
  return true;
}
