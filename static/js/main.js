// The page: puts viewer, search, form and progress together. What the server knows comes in one JSON block.

import { followAddress, fragment, insidePasted, keepModel, keepPlace, push } from "./address.js";
import * as api from "./api.js";
import { AskForm } from "./ask.js";
import { BrowserState } from "./browser-state.js";
import { GeneCombobox } from "./combobox.js";
import { Editing } from "./editing.js";
import { ExportMenu } from "./exports.js";
import { offerGenomes } from "./genome-choice.js";
import { aboutLine, badgeText, factRows } from "./heading.js";
import { _, fill } from "./language.js";
import { flanked, formatBp, formatLocus, parseLocus } from "./locus.js";
import { painted } from "./painting.js";
import { featurePopup } from "./popup.js";
import { Measured } from "./measured.js";
import { fail, hush, say, saying, standing, warn } from "./messages.js";
import { keepKey } from "./hosted-key.js";
import { ModelChoice } from "./model-choice.js";
import { Panels } from "./panels.js";
import { follow } from "./progress.js";
import { listRecent, remember } from "./recent.js";
import { Catalogues } from "./track-catalogue.js";
import { TrackFinder } from "./track-finder.js";
import { Sharing } from "./sharing.js";
import { UserFiles } from "./user-files.js";
import { Viewer } from "./viewer.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const catalogues = new Catalogues();
const known = (key) => catalogues.read(prediction?.model.name)?.get(key) ?? null;
const $ = (id) => document.getElementById(id);

let prediction = page.prediction;
const { reference } = page;
let following = new AbortController(); // stops the watch over a prediction that is no longer shown
let turn = 0; // counts what was opened, so that a slow answer never replaces a newer one

const viewer = new Viewer($("tracks"), {
  onMove: moved, onFeature: (feature, length) => (panels.feature(feature), featurePopup(feature, length)), plotly: page.plotly,
  onHidden: (keys, rows) => { if (keys.length && ofChosen()) tracks.drop(keys); measured.hide(rows); },
  onRows: () => { panels.refresh(); return measured.show(prediction, Boolean(page.own)).catch(fail); },
  onPick: page.own ? null : (...base) => sharing.mayEdit() && editing.pick(...base),
});
const tracks = new TrackFinder($("finder"), $("choose"), { onChange: (keys) => ofChosen() && viewer.choose(keys).catch(fail), onPredict: () => retry().catch(fail) });
const models = new ModelChoice($("model-choice"), page, { onChange: otherModel });
if (page.hosted) keepKey($("hosted"), page, models);
const ask = new AskForm($("ask"), page, { onAccepted: (answer) => open(answer.id, answer.url), view: viewText, tracks, models });
const editing = new Editing(page, viewer, { editor: $("editor"), bar: $("edits") }, {
  current: () => prediction, covers: inside, tracks: () => ask.tracks.keys, opened: (id, url) => open(id, url, true), fail,
  begin: hush, model: () => models.current?.name,
});
const sharing = new Sharing(page, { result: () => prediction && { prediction: prediction.id }, read: () => keep.read(prediction), title: () => prediction?.title ?? "" });
const panels = new Panels(page, viewer, { current: () => prediction, mayEdit: () => sharing.mayEdit() });
const files = new UserFiles(page, viewer, { mayEdit: () => sharing.mayEdit(), say });
const measured = new Measured(page, viewer, $("measured"), fail);
const keep = new BrowserState(viewer, page, (mode) => editing.setMode(mode), { panels, files, measured });
new ExportMenu($("export"), { viewer, current: () => prediction, own: Boolean(page.own), token: page.view?.token });
window.locuscope = { viewer, keep }; // for the console, and for tests that read igv.js's own state

const ready = start();

async function start() {
  wire();
  listRecent($("recent"), $("recent-empty"));
  if (page.notice) say(page.notice);
  awaitTracks();
  if (!reference) {
    findTracks();
    return say(prediction ? fill(_("%(genome)s is not installed here any more; install it again to see this."), prediction) : _("No genome is loaded yet; run “manage.py load_reference” and load this page again."));
  }
  try {
    const wanted = await firstPlace();
    const place = wanted ?? page.state?.locus ?? askedPlace();
    viewer.expect(prediction, page.own, place);
    await viewer.open(reference, place);
    keep.watch();
    panels.watch();
    await describe().catch(fail);
    await painted(); // before anything that is not seen at first
    findTracks();
    await viewer.annotate();
    await keep.restore(page.state);
    if (!page.state) await files.recall();
  } catch (error) {
    fail(error);
    findTracks();
  }
  return undefined;
}

/** What is shown is of the model that is asked. */
function ofChosen() { return !prediction || prediction.model.name === models.current?.name; }

/** The catalogues of the model that is asked, for choosing tracks, and of the one that is shown, for what a click on a track says: once tracks are drawn. */
async function findTracks() {
  const model = models.current;
  if (!awaitTracks()) return;
  try {
    const found = await catalogues.of(model);
    if (model !== models.current) return;
    tracks.fill(found);
    const shown = models.get(prediction?.model.name);
    if (shown) await catalogues.of(shown);
    viewer.rename();
  } catch (error) {
    console.info(error);
    tracks.miss(findTracks);
  }
}

/** What the finder says until the tracks are there, which is after the first draw; whether they will be. */
function awaitTracks() {
  if (models.current) tracks.wait();
  else tracks.none(models.missing);
  return Boolean(models.current);
}

/** Another model was chosen: its tracks, and the address that brings it back. */
async function otherModel(model) {
  const usual = prediction?.model.name ?? page.usualModel;
  keepModel(model && model.name !== usual ? model.name : "");
  tracks.forget();
  await findTracks();
  if (model === models.current && ofChosen() && prediction?.state === "DONE") tracks.adopt(prediction.tracks.map(({ key }) => key));
}

/** The address's fragment, else `?locus=`, which may name a gene; null where there is neither or it leads nowhere. */
async function firstPlace() {
  const text = parseLocus(fragment()) ? fragment() : page.locus;
  if (!text) return null;
  if (reference.pasted) return insidePasted(text, reference.pasted);
  const place = parseLocus(text);
  if (place && place.chromosome === prediction?.interval.chromosome) return place; // nothing to look up
  try {
    return await api.findPlace(page.genome, text);
  } catch (error) {
    fail(error);
    return null;
  }
}

/** What the prediction was asked for; the bare genome opens where the home page does. */
function askedPlace() {
  if (page.own) return { chromosome: page.own.name, start: 0, end: page.own.length };
  if (prediction) return { chromosome: prediction.interval.chromosome, ...prediction.asked };
  return parseLocus(page.home);
}

/** Open a prediction in place: the address changes, the page does not load again. `stay`: the view is kept. */
async function open(id, url, stay = false) {
  const mine = ++turn;
  const next = await api.prediction(id);
  if (mine !== turn) return;
  if (!next.genome || reference.pasted) { // a pasted sequence is a genome of its own, which the server describes
    location.assign(stay && !page.own ? `${url}#${viewText(true)}` : url);
    return;
  }
  await ready;
  if (mine !== turn) return;
  following.abort();
  prediction = next;
  hush();
  push(url);
  viewer.clear();
  viewer.expect(prediction, null, stay ? viewer.place : askedPlace());
  measured.show(null).catch(fail); // what is on its way for the one before is not drawn
  await viewer.open(reference, stay ? null : askedPlace());
  if (mine !== turn) return;
  await describe();
  if (!stay) document.querySelector(".stage").scrollIntoView({ block: "nearest" });
}

/** Everything the page says about the prediction, and its tracks or its progress. */
async function describe() {
  following.abort();
  following = new AbortController();
  $("made").hidden = $("export").hidden = prediction?.state !== "DONE";
  $("facts").replaceChildren();
  editing.show(prediction);
  $("whole").disabled = !prediction;
  if (!prediction) {
    if (!page.showcase) $("title").textContent = page.genomeTitle;
    if (!page.annotated && !saying()) say(fill(_("The genes of %(genome)s are not here yet; load the page again once they are installed."), { genome: page.genomeTitle }));
    else if (page.annotated && page.showcase && !saying()) say(_("The home page's prediction is not stored yet; it will be here after the worker's first run."));
    return;
  }
  $("title").textContent = prediction.title;
  document.title = `${prediction.title} · Locuscope`;
  $("about").replaceChildren(...aboutLine(prediction, models.get(prediction.model.name)));
  $("foot-model").textContent = fill(_("Model: %(title)s, version %(version)s. Licence: %(licence)s"), prediction.model);
  warn(prediction.warnings);
  if (location.pathname.startsWith("/p/")) {
    remember(prediction, prediction.title);
    listRecent($("recent"), $("recent-empty"));
  }
  if (prediction.state === "DONE") {
    $("status").hidden = true;
    if (ofChosen()) tracks.adopt(prediction.tracks.map(({ key }) => key));
    const shown = prediction;
    try {
      await viewer.show(shown, known, page.own);
    } finally {
      if (shown === prediction) $("facts").replaceChildren(...factRows(shown)); // folded: after the tracks, and without them
    }
  } else {
    standing(prediction);
    if (prediction.waiting) watch();
  }
  const badge = $("about").querySelector(".badge");
  if (badge) badge.title = badgeText(prediction, models.get(prediction.model.name));
  moved(viewer.place);
}

function watch() {
  const { signal } = following;
  follow(prediction.id, {
    signal,
    onAway: (message) => { $("stage").textContent = message; },
    onChange: (now) => {
      prediction = now;
      if (now.state === "DONE") viewer.expect(now, page.own, viewer.place), describe().catch(fail);
      else standing(now);
    },
  });
}

/** After each move: the address keeps the place, the form follows, and a view without values offers to predict it. */
function moved(place) {
  if (!place) return;
  panels.follow();
  const text = formatLocus(place);
  keepPlace(place);
  if (!reference.pasted) ask.follow(text);
  $("locus").placeholder = reference.pasted ? `${text}` : fill(_("%(place)s · type a gene or locus"), { place: text });
  const outside = prediction && !reference.pasted && !inside(place);
  $("outside").hidden = !outside;
  if (outside) $("outside").firstElementChild.textContent = fill(_("Nothing was predicted here yet: %(place)s"), { place: text });
}

function viewText(pastedToo = false) {
  const place = reference?.pasted && !pastedToo ? null : viewer.place;
  return place ? formatLocus(place) : "";
}

/** Whether a place has values. */
function inside(place) {
  const { interval } = prediction ?? {};
  return Boolean(interval && place && place.chromosome === interval.chromosome && place.end > interval.start && place.start < interval.end);
}

function wire() {
  const toGenome = offerGenomes($("genome"), page.genome);
  new GeneCombobox($("locus"), $("suggestions"), page.genome, (gene) => go(gene.name, gene));
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!toGenome($("locus").value)) go($("locus").value);
  });
  $("zoom-in").addEventListener("click", () => viewer.zoomIn());
  $("zoom-out").addEventListener("click", () => viewer.zoomOut());
  $("mutate").addEventListener("click", mutate);
  $("whole").addEventListener("click", () => prediction && viewer.goTo(page.own ? askedPlace() : prediction.interval));
  $("predict-view").addEventListener("click", () => ask.predict(viewText()));
  $("message").querySelector("button").addEventListener("click", hush);
  $("cancel").addEventListener("click", () => api.cancel(prediction.id).catch((error) => say(error.message)));
  $("retry").addEventListener("click", () => {
    models.set(prediction.model.name);
    const keys = prediction.tracks.map((track) => track.key);
    if (keys.length && ofChosen()) tracks.set(keys);
    retry({ model: prediction.model.name, ...(keys.length ? { tracks: keys } : {}) }).catch(fail);
  });
  $("examples").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || reference?.pasted || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(link.dataset.locus);
  });
  // Popups live inside igv.js's shadow root; the event's path tells what was pressed.
  document.addEventListener("click", (event) => {
    const button = event.composedPath().find((node) => node.dataset?.predict ?? node.dataset?.scan);
    if (button?.dataset.predict) ask.predict(button.dataset.predict);
    else if (button) ask.score({ scan: button.dataset.scan });
  });
  followAddress(go);
}

function mutate() {
  const place = reference?.pasted ? null : viewer.place;
  if (!place) return say(_("Every base can be mutated of a stretch of the genome; a pasted sequence takes single edits."));
  if (place.end - place.start > page.maxMutateBp) return say(fill(_("Zoom in to at most %(most)s; %(width)s are in view."), { most: formatBp(page.maxMutateBp), width: formatBp(place.end - place.start) }));
  return ask.score({ saturation: formatLocus(place) });
}

/** Go to what was typed: a locus, or a gene with room on either side. */
async function go(text, gene = null) {
  hush();
  if (!text.trim()) return say(_("Type a gene such as GAL1, or a locus such as chrII:278,000-281,000."));
  await ready;
  if (reference?.pasted) {
    const inside = insidePasted(text, reference.pasted);
    if (inside) return viewer.goTo(inside);
    location.assign(`/?${new URLSearchParams({ genome: page.genome, locus: text })}`);
    return undefined;
  }
  try {
    await viewer.goTo(gene ? flanked(gene) : await api.findPlace(page.genome, text));
    $("locus").value = "";
    $("tracks").focus({ preventScroll: true });
  } catch (error) {
    fail(error);
  }
  return undefined;
}

/** The same input, with the model and tracks that are chosen, or with others. */
async function retry(others = {}) {
  const bases = async () => (await api.sequence(prediction.id)).replace(/^>.*\n/, "");
  const asked = prediction.genome ? { locus: prediction.locus } : { sequence: await bases() };
  if (prediction.name) asked.name = prediction.name;
  if (prediction.edits.length) asked.variants = prediction.edits.map(({ text }) => text);
  await ask.again({ ...asked, ...others });
}
