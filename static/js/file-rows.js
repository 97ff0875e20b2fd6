// Rows of a visitor's own files in the genome browser, drawn by igv.js from their addresses.

import * as api from "./api.js";

const PREFIX = "file:", FIRST_ORDER = 10_000; // under the predictions
const COLOURS = ["#6a4c93", "#2a7f62", "#b3541e", "#1d6fa5", "#8a6d00", "#a23b72"];
const WHOLE_BYTES = 2e6; // text that is read a chromosome at a time, however far one zooms out
const SHAPES = {
  bigwig: { type: "wig", height: 60, autoscale: true },
  bigbed: { type: "annotation", displayMode: "EXPANDED", height: 60 },
  bed: { type: "annotation", displayMode: "EXPANDED", height: 60, delimiter: "\t" }, // names may hold spaces
  gff3: { type: "annotation", displayMode: "EXPANDED", height: 70 },
  gtf: { type: "annotation", displayMode: "EXPANDED", height: 70 },
  vcf: { type: "variant", displayMode: "EXPANDED", height: 70 },
  bam: { type: "alignment", height: 220 },
};

export const isFileRow = ({ id }) => String(id).startsWith(PREFIX);

/** Ids of the files whose rows a browser shows, from the top. */
export const fileIds = (browser) => browser.trackViews.map(({ track }) => track).filter(isFileRow).map(({ id }) => id.slice(PREFIX.length));

/** igv.js's description of a file's row; `number`: of rows before it. */
export function rowOf({ id, name, format, size, index }, number) {
  const { autoscale, ...shape } = SHAPES[format];
  const text = index && format !== "bam";
  return {
    ...shape, ...(autoscale && { autoscale }), id: PREFIX + id, name, format, url: api.address(`/files/${id}/content`),
    ...(index ? { indexURL: api.address(`/files/${id}/index`), indexed: true } : {}),
    ...(text && size < WHOLE_BYTES ? { visibilityWindow: -1 } : {}),
    order: FIRST_ORDER + number, removable: true, searchable: false, ...(format === "bam" ? {} : { color: COLOURS[number % COLOURS.length] }),
  };
}

export class FileRows {
  #viewer; #onChange; #heard = null; #count = 0;

  /** onChange(): rows came or went, by whose hand ever */
  constructor(viewer, onChange) {
    this.#viewer = viewer;
    this.#onChange = onChange;
  }

  get #tracks() { return this.#viewer.browser?.trackViews.map(({ track }) => track).filter(isFileRow) ?? []; }

  /** [{id, name}] from the top. */
  get shown() { return this.#tracks.map(({ id, config, name }) => ({ id: id.slice(PREFIX.length), name: config?.name ?? name })); }

  has(id) { return this.#tracks.some((track) => track.id === PREFIX + id); }

  /** As the server describes it; once. */
  async show(file) {
    if (this.has(file.id)) return;
    const { browser } = this.#viewer;
    this.#listen(browser);
    nameChromosomes(browser.genome, file.aliases);
    await browser.loadTrackList([rowOf(file, this.#count++)]);
    this.#onChange();
  }

  hide(id) {
    for (const track of this.#tracks.filter((one) => one.id === PREFIX + id)) this.#viewer.browser.removeTrack(track);
    this.#onChange();
  }

  #listen(browser) {
    if (this.#heard === browser) return;
    this.#heard = browser;
    browser.on("trackremoved", (tracks) => { if ([tracks].flat().some(isFileRow)) this.#onChange(); });
  }
}

/** A binary file keeps its own names; igv.js looks a chromosome's other names up in this record. */
function nameChromosomes(genome, aliases) {
  const records = genome.chromAlias?.aliasRecordCache;
  if (!records) return;
  for (const [chromosome, own] of Object.entries(aliases)) {
    const record = records.get(chromosome) ?? { chr: chromosome };
    record[`as ${own}`] = own;
    records.set(chromosome, record);
    if (!records.has(own)) records.set(own, record);
  }
}
