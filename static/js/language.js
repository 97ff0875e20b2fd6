// Words and numbers in the page's language. The catalogue is Django's (`/jsi18n/`), a script that runs before the modules and
// leaves gettext and ngettext in the window; without it everything is English, which is what the sources say.

/** The page's language tag; English numbers and days are written as in Britain. */
const tag = () => {
  const said = globalThis.document?.documentElement.lang || "en";
  return said === "en" ? "en-GB" : said;
};
const formats = new Map();

function format(Kind, options) {
  const name = `${tag()} ${Kind.name} ${JSON.stringify(options)}`;
  if (!formats.has(name)) formats.set(name, new Kind(tag(), options));
  return formats.get(name);
}

/** A whole sentence, a plain string literal in the source, in the page's language. */
export function gettext(text) { return globalThis.gettext ? globalThis.gettext(text) : text; }
export const _ = gettext;

/** The one of two sentences that fits a number; placeholders are filled by `fill`. */
export function ngettext(one, many, count) {
  if (globalThis.ngettext) return globalThis.ngettext(one, many, count);
  return count === 1 ? one : many;
}

/** The same words in another meaning, told apart by `context`. */
export function pgettext(context, text) { return globalThis.pgettext ? globalThis.pgettext(context, text) : text; }

/** A template's %(name)s replaced by values; numbers are written as people read them, %% is a per cent sign. */
export function fill(template, values) {
  return template.replace(/%\((\w+)\)s|%%/g, (all, name) => {
    if (!name) return "%";
    const value = values[name];
    return typeof value === "number" ? number(value) : String(value ?? all);
  });
}

/** 12,345.678; `options` as of Intl.NumberFormat. */
export function number(value, options = null) {
  if (!options && Number.isInteger(value)) return String(value).replace(/\B(?=(\d{3})+$)/g, ","); // Intl takes tens of milliseconds to begin
  return format(Intl.NumberFormat, options ?? {}).format(value);
}

/** A share, 0.25 as 25%. */
export function percent(share, digits = 0) { return number(share, { style: "percent", maximumFractionDigits: digits }); }

/** 26 Nov 2026, of a Date or what makes one; `options` as of Intl.DateTimeFormat. */
export function date(when, options = { dateStyle: "medium" }) { return format(Intl.DateTimeFormat, options).format(new Date(when)); }

/** 26 Nov 2026, 09:30 */
export function moment(when) { return date(when, { dateStyle: "medium", timeStyle: "short" }); }

/** "one, two and three" */
export function list(items) { return format(Intl.ListFormat, { type: "conjunction" }).format(items); }

/** Whole sentences one after the other; one that is empty is left out. Chinese has no space behind its full stops. */
export function sentences(parts) { return parts.filter(Boolean).join(tag().startsWith("zh") ? "" : " "); }

/** Parts of a line that stand beside each other: "one, two"; a part that is empty is left out. */
export function joined(parts) { return parts.filter(Boolean).join(tag().startsWith("zh") ? "，" : ", "); }
