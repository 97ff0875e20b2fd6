// The menu “Export”: addresses of files for what is shown, pictures of the view, lines to copy.

import { creditOf, wrapped } from "./credit.js";
import { referencePlace } from "./edits.js";
import { fileIds } from "./file-rows.js";
import { _, fill, joined, ngettext, number } from "./language.js";
import { formatBp } from "./locus.js";

const INCHES = 7, DPI = 300; // a picture across two columns of a journal
const LETTER = 5.6, LINE = 16; // px of a letter and a line under it

export class ExportMenu {
  #menu; #viewer; #current; #token; #own; #forms;

  /** current() => the prediction; `own`: the viewer shows an edited sequence at its own places, of which the reference's are exported; `token` of a shared view, without which its values are not readable. */
  constructor(menu, { viewer, current, own = false, token = null }) {
    this.#menu = menu;
    this.#viewer = viewer;
    this.#current = current;
    this.#token = token;
    this.#own = own;
    this.#forms = [...menu.querySelectorAll("[data-form]")];
    menu.addEventListener("toggle", () => menu.open && this.#fill());
    menu.querySelector("#export-which").addEventListener("change", () => this.#fill());
    menu.addEventListener("focusin", (event) => event.target.dataset.form && this.#tell(event.target));
    menu.addEventListener("pointerover", (event) => {
      const link = event.target.closest("[data-form]");
      if (link) this.#tell(link);
    });
    menu.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.copy) this.#copy(button);
      else if (button?.dataset.picture) this.#picture(button.dataset.picture).catch(() => this.#say(_("The picture could not be drawn; try a smaller view.")));
    });
    menu.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => { if (!event.composedPath().includes(menu)) menu.open = false; });
  }

  /** Addresses for the tracks and the place that are shown now. */
  #fill() {
    const prediction = this.#current();
    const which = this.#menu.querySelector("#export-which").value;
    const place = which === "shown" ? inside(this.#own ? referencePlace(this.#viewer.place, prediction) : this.#viewer.place, prediction) : null;
    const keys = which === "all" ? null : new Set(this.#viewer.rows.flatMap((row) => row.keys));
    for (const link of this.#forms) {
      const { form, shape = "bins" } = link.dataset;
      const rows = prediction.tracks.filter((track) => shapeOf(track) === shape && (!keys || keys.has(track.key)));
      link.parentElement.hidden = !rows.length;
      if (rows.length) link.href = this.#address(prediction, form, keys ? rows : null, form === "report" ? null : place);
    }
    // Elsewhere nobody has this browser's cookie: what is private is fetched there by a link's token alone.
    const open = Boolean(this.#token) || location.pathname === "/"; // the home page's is everybody's
    this.#menu.querySelector("#export-curl-row").hidden = !open;
    this.#menu.querySelector("#export-hub-row").hidden = !open || !prediction.genome;
    this.#menu.querySelector("#export-share").hidden = open;
    const by = this.#token ? `view/${this.#token}/` : "";
    this.#menu.querySelector("#export-hub").value = new URL(`/api/v1/predictions/${prediction.id}/hub/${by}hub.txt`, location.href).href;
    const first = this.#forms.find((link) => !link.parentElement.hidden && link.dataset.form !== "report");
    if (first) this.#tell(first);
  }

  #address(prediction, form, rows, place) {
    const fields = new URLSearchParams();
    if (rows) fields.set("tracks", rows.flatMap(({ key }) => (prediction.edits.length ? [key, `${key}:ref`] : [key])).join(","));
    if (place) {
      fields.set("start", place.start);
      fields.set("end", place.end);
    }
    const files = form === "report" ? fileIds(this.#viewer.browser) : [];
    if (files.length) fields.set("files", files.join(","));
    if (this.#token) fields.set("view", this.#token);
    const file = form === "report" ? "report.html" : `export/${form}`;
    const asked = String(fields);
    return `/api/v1/predictions/${prediction.id}/${file}${asked ? `?${asked}` : ""}`;
  }

  /** The command line of a file, and about how large it is. */
  #tell(link) {
    this.#menu.querySelector("#export-curl").value = `curl -OJ '${link.href}'`;
    const asked = new URL(link.href).searchParams;
    const prediction = this.#current();
    const { form, shape = "bins" } = link.dataset;
    const keys = asked.get("tracks")?.split(",");
    const rows = prediction.tracks.filter((track) => shapeOf(track) === shape);
    const count = keys?.length ?? rows.length;
    const width = asked.has("start") ? asked.get("end") - asked.get("start") : prediction.interval.end - prediction.interval.start;
    const bins = (keys ? keys.map((key) => rows.find((row) => row.key === key.replace(/:ref$/, ""))) : rows).reduce((sum, row) => sum + (row ? width / row.resolution : 0), 0);
    const bytes = { bigwig: 4.2, bedgraph: 6, parquet: 3.5, csv: 40 }[form];
    const size = bytes && shape === "bins" ? roughly(bins * bytes) : "";
    const several = count > 1 && ["bigwig", "bedgraph", "bed", "cool", "mcool"].includes(form);
    const said = several ? fill(_("%(count)s tracks over %(width)s in a zip"), { count, width: formatBp(width) })
      : fill(ngettext("%(count)s track over %(width)s", "%(count)s tracks over %(width)s", count), { count, width: formatBp(width) });
    this.#say(joined([said, size]));
  }

  async #copy(button) {
    const field = this.#menu.querySelector(`#${button.dataset.copy}`);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      this.#say(_("Copied."));
    } catch { // no clipboard over plain http from another machine: the text is selected
      this.#say(_("Press Ctrl+C to copy what is selected."));
    }
  }

  async #picture(form) {
    const svg = printable(this.#viewer.browser.toSVG(), creditOf(this.#current()));
    const name = `locuscope_${this.#viewer.browser.currentLoci().toString().replace(/[^\w-]+/g, "-")}`;
    const drawn = new Blob([svg], { type: "image/svg+xml" });
    save(form === "svg" ? drawn : await raster(drawn), `${name}.${form}`);
  }

  #key(event) {
    if (event.key === "Escape") {
      this.#menu.open = false;
      this.#menu.querySelector("summary").focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.tagName === "SELECT" || event.target.tagName === "INPUT") return;
    const items = [...this.#menu.querySelectorAll("li:not([hidden]) > *")];
    event.preventDefault();
    this.#menu.open = true;
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
  }

  #say(sentence) { this.#menu.querySelector("#export-said").textContent = sentence; }
}

function shapeOf(track) { return track.shape ?? "bins"; }

/** The part of a place that has values, in the prediction's coordinates; null for all of it. */
function inside(place, { interval }) {
  if (!place || place.chromosome !== interval.chromosome) return null;
  const start = Math.max(place.start, interval.start), end = Math.min(place.end, interval.end);
  return start < end ? { start, end } : null;
}

function roughly(bytes) {
  const [unit, size] = bytes >= 1e9 ? ["GB", 1e9] : bytes >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  return fill(_("at most about %(size)s"), { size: `${number(Math.max(1, Math.round(bytes / size)))} ${unit}` });
}

/** igv.js's drawing on white, with the size that it has, over the line that says what made it. */
function printable(svg, credit) {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const [width, height] = ["width", "height"].map((name) => parseFloat(drawing.getAttribute(name)));
  const make = (kind, attributes, text = "") => {
    const element = drawing.ownerDocument.createElementNS("http://www.w3.org/2000/svg", kind);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const lines = wrapped(credit, Math.floor((width - 16) / LETTER));
  const words = lines.map((line, at) => make("text", { x: 8, y: height + LINE * (at + 1), "font-family": "system-ui, sans-serif", "font-size": 11, fill: "#66727a" }, line));
  const all = height + LINE * lines.length + 8;
  drawing.setAttribute("height", all);
  drawing.setAttribute("viewBox", `0 0 ${width} ${all}`);
  drawing.prepend(make("rect", { width: "100%", height: "100%", fill: "#ffffff" }));
  drawing.append(...words);
  return new XMLSerializer().serializeToString(drawing);
}

/** A PNG that is INCHES wide at DPI, of a drawing of any size; it says its dots per inch. */
async function raster(drawn) {
  const url = URL.createObjectURL(drawn);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = INCHES * DPI;
    canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return withDpi(await new Promise((done) => { canvas.toBlob(done, "image/png"); }));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The chunk pHYs, in dots per metre, behind the header of 33 bytes. */
async function withDpi(png) {
  const chunk = new DataView(new ArrayBuffer(21));
  chunk.setUint32(0, 9);
  [0x70, 0x48, 0x59, 0x73].forEach((byte, at) => chunk.setUint8(4 + at, byte));
  const dots = Math.round(DPI / 0.0254);
  chunk.setUint32(8, dots);
  chunk.setUint32(12, dots);
  chunk.setUint8(16, 1);
  chunk.setUint32(17, crc(new Uint8Array(chunk.buffer, 4, 13)));
  return new Blob([png.slice(0, 33), chunk.buffer, png.slice(33)], { type: "image/png" });
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
