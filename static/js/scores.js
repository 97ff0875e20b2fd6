// The page of a scoring job: progress, plot, table; a saturation also as a heat map and a logo in a genome browser.

import * as api from "./api.js";
import { creditOf } from "./credit.js";
import { _, fill, joined, ngettext } from "./language.js";
import { formatLocus } from "./locus.js";
import { localise } from "./plot-language.js";
import { configOf, drawMatrix, drawPoints, follow as followView } from "./score-plots.js";
import { ScoreTable } from "./score-table.js";
import { Sharing } from "./sharing.js";
import { Viewer } from "./viewer.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const LOOK_MS = 700, SLOW_MS = 3000;
const SHOWN_BP = 1000; // on either side of a variant that is opened
const $ = (id) => document.getElementById(id);

let { job } = page;
let column = job.columns[0];
let points = null;
const config = configOf(() => ({
  title: fill(_("%(title)s: %(column)s"), { title: job.title, column: `${column.name}: ${column.scorer}` }), about: $("column-about").textContent, name: "locuscope-scores", credit: creditOf(job),
}));
const table = new ScoreTable(document, job.columns, { ask: (query) => (reported(query), api.scoreRows(job.id, query)), onOpen: open, onError: fail });
const viewer = job.kind === "saturation" ? new Viewer($("tracks"), { onMove: moved, onFeature: () => null, onPick: null }) : null;
new Sharing(page, { result: () => ({ job: job.id }), read: state, title: () => job.title });
window.locuscope = { viewer };

start().catch(fail);

async function start() {
  localise(window.Plotly);
  $("column").addEventListener("change", () => {
    column = job.columns[Number($("column").value)];
    draw().catch(fail);
  });
  $("cancel").addEventListener("click", () => api.cancelScores(job.id).then(stands, fail));
  $("message").querySelector("button").addEventListener("click", () => { $("message").hidden = true; });
  addEventListener("resize", () => window.Plotly?.Plots.resize($("plot")));
  if (page.state) {
    column = job.columns[page.state.column] ?? column;
    $("column").value = String(column.index);
    table.state = page.state;
  }
  stands(job);
  if (viewer && page.reference) await viewer.open(page.reference, page.state?.locus ?? job.interval);
  await Promise.all([table.refresh(), draw()]);
  if (viewer && page.reference) viewer.annotate(); // never rejects
  if (job.waiting) watch();
}

/** The report holds the rows that the table shows first. */
function reported({ offset, limit, ...query }) {
  $("report").href = api.address(`/scores/${job.id}/report.html?${new URLSearchParams({ ...query, limit: 100 })}`);
}

/** Until the job ends: counts, and what has come in. */
function watch() {
  setTimeout(async () => {
    const before = job.counts.done + job.counts.failed;
    try {
      job = await api.scores(job.id);
    } catch (error) {
      $("stage").textContent = error.status === 404 ? error.message : _("The connection is lost; trying again …");
      if (error.status !== 404) watch();
      return;
    }
    stands(job);
    if (job.counts.done + job.counts.failed !== before || !job.waiting) await Promise.all([table.refresh(), draw()]).catch(fail);
    if (job.waiting) watch();
  }, job.counts.good > 1000 ? SLOW_MS : LOOK_MS);
}

function stands(now) {
  job = now;
  const { counts } = job;
  const said = { done: counts.done, total: counts.total, bad: counts.bad + counts.failed };
  $("counts").textContent = fill(said.bad ? _("%(done)s of %(total)s scored, %(bad)s not, see the table") : _("%(done)s of %(total)s scored"), said);
  $("status").hidden = !job.waiting && job.state === "DONE";
  $("status").classList.toggle("failed", job.state === "FAILED");
  $("bar").style.width = `${Math.max(1, job.progress * 100)}%`;
  $("bar").parentElement.hidden = !job.waiting;
  $("cancel").hidden = !job.waiting || Boolean(page.view);
  $("stage").textContent = sentence(job);
}

function sentence({ state, queue_position: place, rows_per_second: rate, seconds_left: left, counts, error }) {
  if (state === "FAILED") return fill(_("%(error)s What was scored until then is below; ask for the rest from the genome browser."), { error: error?.message ?? _("This job failed.") });
  if (state === "CANCELLED") return _("This was cancelled; what was scored until then is below.");
  if (state === "QUEUED") return place > 1
    ? fill(ngettext("Waiting: %(count)s before it", "Waiting: %(count)s before it", place - 1), { count: place - 1 })
    : _("Waiting for the predictor, next in line");
  const minutes = Math.round((left ?? 0) / 60);
  return joined([
    fill(_("Scoring: %(tried)s of %(good)s"), { tried: counts.done + counts.failed, good: counts.good }),
    rate && fill(_("%(rate)s a second"), { rate: rate.toFixed(rate < 10 ? 1 : 0) }),
    left === null || left === undefined ? "" : left > 90
      ? fill(ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes), { count: minutes }) : fill(_("about %(seconds)s s left"), { seconds: left }),
  ]);
}

async function draw() {
  const mine = column;
  $("column-about").textContent = column.strand === "."
    ? column.description : fill(_("%(description)s (%(strand)s strand)"), column);
  if (viewer) {
    const matrix = await api.scoreMatrix(job.id, mine.index);
    if (mine !== column) return;
    await viewer.showLogo({ name: fill(_("%(name)s: contribution"), mine), logo: {
      chromosome: matrix.chromosome, start: matrix.start, reference: matrix.reference, heights: matrix.contributions,
    } });
    const { place } = viewer;
    await drawMatrix($("plot"), matrix, mine, place && [place.start + 0.5, place.end + 0.5], config);
    return;
  }
  const found = await api.scorePlot(job.id, mine.index);
  if (mine !== column) return;
  points = found;
  await drawPoints($("plot"), points, mine, (index) => predict(points.variant[index], points.position[index]), config);
}

function moved(place) {
  if (place && $("plot").data) followView($("plot"), place);
}

/** Reference, edited and difference of one variant, in the genome browser. */
async function open(row) {
  await predict(`${row.chromosome}:${row.start + 1}:${row.ref}>${row.alt}`, row.start);
}

async function predict(text, start) {
  try {
    const tracks = [...new Set(job.columns.map(({ track }) => track))].filter((key) => page.drawn.includes(key)).slice(0, 24);
    const answer = await api.submit({ genome: job.genome, model: job.model.name, variants: [text], ...(tracks.length ? { tracks } : {}) });
    const { interval } = await api.prediction(answer.id);
    const near = { ...interval, start: Math.max(interval.start, start - SHOWN_BP), end: Math.min(interval.end, start + SHOWN_BP) };
    const place = formatLocus(near).replaceAll(",", "");
    location.assign(`${answer.url}#${place}`);
  } catch (error) {
    fail(error);
  }
}

/** What a link keeps. */
function state() {
  const { place } = viewer ?? {};
  return { column: column.index, ...table.state, locus: place ? { chromosome: place.chromosome, start: place.start, end: place.end } : null };
}

function fail(error) {
  if (!(error instanceof api.Refusal)) console.error(error);
  $("message").hidden = false;
  $("message").firstElementChild.textContent = error instanceof api.Refusal ? error.message : _("This page could not be drawn; load it again.");
}
