// Words about a prediction: the line under its title, and how it was made.

import { address } from "./api.js";
import { shortLicence } from "./credit.js";
import { _, fill, list, moment } from "./language.js";
import { formatBp, formatLocus, formatPosition } from "./locus.js";

/** Spans under the title; `model` undefined where it is not installed any more. */
export function aboutLine(prediction, model) {
  const { interval, asked } = prediction;
  const said = { model: prediction.model.title, version: prediction.model.version, licence: shortLicence(prediction.model.licence) };
  const parts = [
    fill(prediction.state === "DONE" ? _("Predicted by %(model)s, version %(version)s") : _("%(model)s, version %(version)s"), said),
    formatBp(asked.end - asked.start),
    fill(_("licence: %(licence)s"), said),
    prediction.notice,
  ].map(span);
  if (prediction.genome && model?.heldOut.length) {
    const unseen = model.heldOut.includes(interval.chromosome);
    const badge = span(fill(unseen ? _("%(chromosome)s was held out from training") : _("%(chromosome)s was trained on"), interval));
    badge.className = unseen ? "badge" : "badge seen";
    parts.unshift(badge);
  }
  return parts;
}

/** What the badge of that line means. The first list of words takes a browser as long as drawing two rows: asked for after those. */
export function badgeText({ interval }, model) {
  return model.heldOut.includes(interval.chromosome)
    ? _("The model never saw this chromosome, so what you see here it did not memorise.")
    : fill(_("The model learnt from measurements of this chromosome and may remember them; %(chromosomes)s were held out."), { chromosomes: list(model.heldOut) });
}

/** <div><dt><dd> rows for “How this was made”. */
export function factRows(prediction) {
  const { interval, asked, padding, seconds, model } = prediction;
  const total = Object.values(seconds).reduce((sum, part) => sum + part, 0);
  const flank = prediction.genome && (interval.start < asked.start || interval.end > asked.end);
  const read = { place: formatLocus(interval), length: formatBp(interval.end - interval.start) };
  const data = address(`/predictions/${prediction.id}`);
  const rows = [
    [_("Asked for"), prediction.locus ?? formatBp(asked.end - asked.start)],
    [_("Read by the model"), fill(flank ? _("%(place)s, %(length)s (real flanking sequence on both sides)") : _("%(place)s, %(length)s"), read)],
    ...padding.map((part) => [_("Padding"), paddingText(part)]),
    [_("Model"), `${model.title} ${model.version}, sha256 ${model.sha256.slice(0, 16)}…`],
    [_("Licence"), model.licence],
    [_("Citation"), model.citation],
    [_("Computed"), fill(_("in %(seconds)s s on %(device)s, %(dtype)s"), { seconds: total.toFixed(total < 10 ? 1 : 0), device: prediction.device, dtype: prediction.dtype })],
    [_("When"), prediction.finished ? moment(prediction.finished) : ""],
    [_("Data"), data],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    term.textContent = name;
    if (value === data) said.append(Object.assign(document.createElement("a"), { href: value, textContent: value }));
    else said.textContent = value;
    row.append(term, said);
    return row;
  });
}

function paddingText({ kind, start, end }) {
  const said = { length: formatBp(end - start), position: formatPosition(start) };
  return fill(kind === "N" ? _("%(length)s of N from position %(position)s") : _("%(length)s from position %(position)s"), said);
}

function span(text) {
  return Object.assign(document.createElement("span"), { textContent: text });
}
