// What a click on a gene or feature shows. igv.js takes markup as text, so everything from data is escaped.

import { _ } from "./language.js";
import { flanked, formatLocus, parseLocus } from "./locus.js";
import { term } from "./words.js";

/** Markup for a feature's fields (lower-case names) on a chromosome of `length` bp, or null to leave it to igv.js. */
export function featurePopup(feature, length) {
  const place = parseLocus((feature.location ?? "").replace(/ \([+-]\)$/, ""));
  if (!feature.name || !place) return null;
  const wide = flanked(place);
  const around = formatLocus({ ...wide, end: Math.min(length, wide.end) });
  const gene = /coding|RNA/.test(feature.kind ?? "");
  const target = gene ? feature.systematic ?? feature.name : around;
  const kind = [feature.systematic, term(feature.kind)].filter(Boolean).join(" · ");
  const scan = _("Score every change before it");
  return `<div style="padding:10px 12px;max-width:320px;font:13px/1.45 system-ui,sans-serif;color:#17212b;white-space:normal">
    <div style="font-weight:650;font-size:15px">${escape(feature.name)}</div>
    <div style="color:#55636e">${escape(kind)}</div>
    <div style="color:#55636e;font-size:12px">${escape(feature.location)}</div>
    ${feature.description ? `<p style="margin:6px 0 0">${escape(shorten(feature.description))}</p>` : ""}
    <button type="button" data-predict="${escape(target)}" style="margin-top:9px;padding:5px 11px;border:0;border-radius:7px;background:#0f6b73;color:#fff;font:inherit;font-weight:600;cursor:pointer">${escape(_("Predict here"))}</button>
    ${/coding/.test(feature.kind ?? "") ? `<button type="button" data-scan="${escape(target)}" title="${escape(scan)}" style="margin:9px 0 0 6px;padding:5px 11px;border:1px solid #b9c3c8;border-radius:7px;background:#fff;color:#17212b;font:inherit;font-weight:600;cursor:pointer">${escape(_("Scan its promoter"))}</button>` : ""}
  </div>`;
}

/** What igv.js would show of a feature, [{name, value}, sentences and rules], with everything from files as text. */
export function literalPopup(data) {
  const text = (value) => escape(String(value ?? "").replaceAll("&nbsp;", "\u00a0"));
  return data.map((row) => {
    if (typeof row === "string") return /^<hr\b/.test(row) ? "<hr>" : `<div>${text(row)}</div>`;
    if (row.html) return row.html.startsWith("<hr") ? "<hr>" : ""; // its links lead elsewhere
    return row.name ? `<div title="${text(row.value)}"><span>${text(row.name)}</span>&nbsp;&nbsp;&nbsp;${text(row.value)}</div>` : "";
  }).join("");
}

function shorten(text) {
  return text.length > 260 ? `${text.slice(0, 259)}…` : text;
}

function escape(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
