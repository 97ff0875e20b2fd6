// The panel "Saturation": every base in view changed to each other base, as a heat map under a logo. It starts the job in place; the
// same question is answered by the job that exists.

import * as api from "./api.js";
import { creditOf } from "./credit.js";
import { _, fill, sentences } from "./language.js";
import { formatBp, formatLocus, formatPosition } from "./locus.js";
import { csv } from "./plotly.js";
import { drawSaturation } from "./score-plots.js";
import { term } from "./words.js";

const LOOK_MS = 700;
const MOST_TRACKS = 8; // of those shown: each takes its time

export class Saturation {
  #job = null; #drawn = false; #onChange; #timer = 0; #asking = false; #error = null; #page;
  column = 0;

  /** onChange(): more has come in. The job of `page.state.panel` is shown. */
  constructor(page, onChange) {
    this.#page = page;
    this.#onChange = onChange;
    const { job, column } = page.state?.panel ?? {};
    this.column = column ?? 0;
    if (job) this.#watch(job);
  }

  /** What a link keeps, and lends: the job that the panel shows. */
  get shown() { return this.#drawn ? { job: this.#job.id, column: this.column } : { job: null, column: 0 }; }

  /** Why the view cannot be mutated, or "" where it can. */
  refusal(prediction, place) {
    if (this.#page.view) return _("Mutations are not part of a shared view; make it yours to run them.");
    if (!prediction.genome) return _("Every base can be mutated of a stretch of a genome; a pasted sequence takes single edits.");
    const width = place.end - place.start, most = this.#page.maxMutateBp;
    if (width > most) return fill(_("Zoom in to at most %(most)s to mutate every base in view; %(shown)s are in view."), { most: formatBp(most), shown: formatBp(width) });
    return "";
  }

  /** Ask for what is in view. */
  async start(prediction, place, tracks) {
    this.#asking = true;
    this.#error = null;
    this.#onChange();
    try {
      const keys = tracks.slice(0, MOST_TRACKS).map(({ key }) => key);
      const body = { genome: prediction.genome, model: prediction.model.name, saturation: formatLocus(place), ...(keys.length ? { tracks: keys } : {}) };
      this.#watch((await api.submitScores(body)).id);
    } catch (error) {
      this.#error = error;
    }
    this.#asking = false;
    this.#onChange();
  }

  #watch(id) {
    clearTimeout(this.#timer);
    const look = async () => {
      const before = this.#job?.id === id ? this.#job.counts.done : -1;
      try {
        this.#job = await api.scores(id);
      } catch (error) {
        this.#error = error;
        if (error.status !== 404) this.#timer = setTimeout(look, 4 * LOOK_MS); // the server may be back
        return this.#onChange();
      }
      if (this.#job.waiting) this.#timer = setTimeout(look, LOOK_MS);
      if (this.#job.counts.done !== before || !this.#job.waiting) this.#onChange();
      return undefined;
    };
    look();
  }

  async load({ prediction, place, tracks }) {
    this.#drawn = false;
    if (this.#error) {
      const error = this.#error;
      this.#error = null;
      throw error;
    }
    const job = this.#job, here = job?.interval;
    const covers = here && here.chromosome === place.chromosome && here.end > place.start && here.start < place.end && job.genome === prediction.genome;
    const refusal = this.refusal(prediction, place);
    const mutate = refusal || (covers && job.interval.start <= place.start && job.interval.end >= place.end) ? null : place;
    if (this.#asking) return { empty: _("Asking for it …") };
    if (!covers) {
      const count = Math.min(MOST_TRACKS, tracks.length);
      const offer = fill(_("Change every base of %(place)s to each other base and see which ones matter for the first %(count)s tracks that are shown."), { place: formatLocus(place), count });
      return { mutate, empty: refusal || offer };
    }
    this.#drawn = true;
    const column = job.columns[this.column] ?? job.columns[0];
    const title = fill(_("Every base of %(place)s mutated"), { place: formatLocus(here) });
    const about = sentences([stands(job), fill(_("Score: %(score)s."), { score: column.description }), fill(_("Below: ALT minus REF, %(unit)s; above: what the reference's base contributes, minus the mean of its alternatives."), { unit: term(column.unit) })]);
    const choices = { mutate, columns: job.columns, column: job.columns.indexOf(column), link: this.#page.view ? null : job.url, title, about, waiting: job.waiting, credit: creditOf(job) };
    if (!job.counts.done) return { ...choices, empty: stands(job) || _("Nothing was scored.") };
    const matrix = await api.scoreMatrix(job.id, column.index);
    const range = [Math.max(here.start, place.start) + 0.5, Math.min(here.end, place.end) + 0.5];
    return { ...choices, name: "locuscope-saturation", draw: (element) => drawSaturation(element, matrix, column, range), csv: () => table(matrix, column) };
  }
}

function stands({ state, waiting, counts, error }) {
  if (state === "FAILED") return error?.message ?? _("This job failed; ask for it again.");
  if (state === "CANCELLED") return _("This was cancelled.");
  if (!waiting) return "";
  return counts.done ? fill(_("%(done)s of %(all)s mutations are scored."), { done: counts.done, all: counts.good }) : _("Waiting for the predictor.");
}

function table({ chromosome, start, reference, bases, matrix, contributions }, column) {
  const head = ["chromosome", "position", "ref", "alt", `${column.name}: ${column.scorer}`, "contribution_of_ref"];
  return csv([head, ...matrix.flatMap((row, at) => [...bases].flatMap((base, which) => (base === reference[at] ? [] : [
    [chromosome, formatPosition(start + at).replaceAll(",", ""), reference[at], base, row[which], contributions[at]],
  ])))]);
}
