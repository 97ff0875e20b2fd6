// Words about a prediction: the line under its title, and how it was made.

import { address } from "./api.js";
import { formatBp, formatLocus, formatPosition } from "./locus.js";

/** Spans under the title. */
export function aboutLine(prediction, model) {
  const { interval, asked } = prediction;
  const parts = [
    `${prediction.state === "DONE" ? "Predicted by " : ""}${prediction.model.title}, version ${prediction.model.version}`,
    formatBp(asked.end - asked.start),
    `licence: ${prediction.model.licence.split(";")[0]}`,
    prediction.notice,
  ].map(span);
  if (prediction.genome && model.heldOut.length) {
    const unseen = model.heldOut.includes(interval.chromosome);
    const badge = span(`${interval.chromosome} was ${unseen ? "held out from training" : "trained on"}`);
    badge.className = unseen ? "badge" : "badge seen";
    badge.title = unseen
      ? "The model never saw this chromosome, so what you see here it did not memorise."
      : `The model learnt from measurements of this chromosome and may remember them; ${model.heldOut.join(", ")} were held out.`;
    parts.unshift(badge);
  }
  return parts;
}

/** <div><dt><dd> rows for “How this was made”. */
export function factRows(prediction) {
  const { interval, asked, padding, seconds, model } = prediction;
  const total = Object.values(seconds).reduce((sum, part) => sum + part, 0);
  const flank = prediction.genome && (interval.start < asked.start || interval.end > asked.end);
  const rows = [
    ["Asked for", prediction.locus ?? formatBp(asked.end - asked.start)],
    ["Read by the model", `${formatLocus(interval)}, ${formatBp(interval.end - interval.start)}${flank ? " (real flanking sequence on both sides)" : ""}`],
    ...padding.map((part) => ["Padding", `${part.kind === "N" ? `${formatBp(part.end - part.start)} of N` : formatBp(part.end - part.start)} from position ${formatPosition(part.start)}`]),
    ["Model", `${model.title} ${model.version}, sha256 ${model.sha256.slice(0, 16)}…`],
    ["Licence", model.licence],
    ["Citation", model.citation],
    ["Computed", `in ${total.toFixed(total < 10 ? 1 : 0)} s on ${prediction.device}, ${prediction.dtype}`],
    ["When", prediction.finished ? new Date(prediction.finished).toLocaleString("en-GB") : ""],
    ["Data", address(`/predictions/${prediction.id}`)],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    term.textContent = name;
    if (name === "Data") said.append(Object.assign(document.createElement("a"), { href: value, textContent: value }));
    else said.textContent = value;
    row.append(term, said);
    return row;
  });
}

function span(text) {
  return Object.assign(document.createElement("span"), { textContent: text });
}
