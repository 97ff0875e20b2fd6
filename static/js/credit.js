// The line under whatever is taken off the page: which model made it, on what terms, and what it is not for.

import { _, fill } from "./language.js";

/** A licence up to its first remark. */
export function shortLicence(licence) { return licence.split(/[;；]/)[0]; }

/** Of a prediction or a job as the API describes it. */
export function creditOf({ model, notice }) {
  return fill(_("%(title)s, version %(version)s · licence: %(licence)s · %(notice)s"), { ...model, licence: shortLicence(model.licence), notice });
}

// Between these a line may break without a space; what follows one of them stays with it.
const BREAKS = /[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60][，。、；：！？）》”’]*|[^\s\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60]+|\s+/g;

/** How many letters of Latin width a text takes. */
function widthOf(text) { return [...text].reduce((sum, sign) => sum + (sign >= "\u2e80" ? 1.85 : 1), 0); }

/** A text in lines of at most so many letters. */
export function wrapped(text, most) {
  const lines = [""];
  for (const piece of text.match(BREAKS) ?? []) {
    const space = !piece.trim();
    if (space && !lines.at(-1)) continue;
    if (!space && lines.at(-1) && widthOf(lines.at(-1)) + widthOf(piece) > most) lines.push(piece);
    else lines.push(lines.pop() + (space ? " " : piece));
  }
  return lines.map((line) => line.trim());
}

/** A table's text under lines that say what it is: comments, as in the files that the server makes. */
export function commented(lines, text) {
  return `${lines.filter(Boolean).map((line) => `# ${line.replace(/\s+/g, " ")}\n`).join("")}${text}`;
}
