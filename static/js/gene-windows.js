// Genes of a genome that has tens of thousands: asked for where people look, and beside it.

const EXONS_BP = 10_000_000; // as the server has it: a wider stretch comes without exons
const ROWS = 12;

/** A source of features for an annotation track of igv.js; `url` answers for chromosome, start and end. */
export class GeneWindows {
  searchable = false;
  #url; #kept = null;

  constructor(url) { this.#url = url; }

  supportsWholeGenome() { return false; }

  async getFeatures({ chr, start, end }) {
    const width = Math.max(1, end - start);
    if (!this.#covers(chr, Math.max(0, start), end)) {
      const more = Math.min(width, Math.max(0, (EXONS_BP - width) / 2)); // igv.js asks for what is beside the view, too
      const from = Math.floor(Math.max(0, start - more)), to = Math.floor(end + more);
      this.#kept = { chr, start: from, end: to, features: this.#ask(chr, from, to) };
      this.#kept.features.catch(() => { this.#kept = null; }); // asked for again the next time
    }
    return this.#kept.features;
  }

  /** Whether what is kept will do: a place nearer by is asked for again where exons come into sight. */
  #covers(chr, start, end) {
    const kept = this.#kept;
    if (!kept || kept.chr !== chr || start < kept.start || end > kept.end) return false;
    return kept.end - kept.start <= EXONS_BP || end - start > EXONS_BP;
  }

  async #ask(chromosome, start, end) {
    const answer = await fetch(`${this.#url}${this.#url.includes("?") ? "&" : "?"}${new URLSearchParams({ chromosome, start, end })}`);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    return stacked(await answer.json()).map((gene) => ({ ...gene, popupData: () => said(gene) }));
  }
}

/** Genes by place, each with the first row that is free of others: [{start, end, ...}] to the same with `row`. */
export function stacked(genes) {
  const ends = [];
  return genes.map((gene) => {
    const free = ends.findIndex((end) => end <= gene.start);
    const row = free >= 0 ? free : Math.min(ends.length, ROWS - 1);
    ends[row] = Math.max(ends[row] ?? 0, gene.end);
    return { ...gene, row };
  });
}

/** What a click tells, as popup.js reads it. */
function said({ chr, start, end, strand, name, systematic, kind, description }) {
  const location = `${chr}:${(start + 1).toLocaleString("en")}-${end.toLocaleString("en")} (${strand})`;
  return Object.entries({ name, systematic, kind, description, location }).filter(([, value]) => value).map(([key, value]) => ({ name: key, value }));
}
