// Choosing tracks: a dialog with presets, facets, words, favourites, and what is chosen. The form shows a summary of it.

import { Favourites } from "./favourites.js";
import { _, fill, joined, ngettext, number } from "./language.js";
import { TrackList } from "./track-list.js";
import { skillText, term } from "./words.js";

const FACET_NAMES = {
  output: _("Output"), biosample_type: _("Kind of sample"), biosample: _("Sample or condition"), factor: _("Protein or mark"), strand: _("Strand"), assay: _("Assay"),
};
const STRANDS = { "+": _("plus (+)"), "-": _("minus (−)"), ".": _("both together") };
const NARROW = 720; // px
const FEW = 6, MANY = 120; // values of a facet, at first and after “more”

export class TrackFinder {
  #catalogue = null; #chosen = new Set(); #touched = false; #predicted = null; #hooks; #form; #dialog; #list; #favourites = new Favourites();
  #asked = { text: "", chosen: {}, only: "" }; #found = []; #open = new Set();

  /** hooks: onChange(keys), onPredict(): predict again with what is chosen. The catalogue comes by `fill`. */
  constructor(dialog, form, hooks) {
    this.#dialog = dialog;
    this.#form = form;
    this.#hooks = hooks;
    const on = (id, type, act) => this.#part(id).addEventListener(type, act);
    this.#list = new TrackList(this.#part("tracks-found"), {
      isChosen: (key) => this.#chosen.has(key), isFavourite: (key) => this.#favourites.has(key),
      onToggle: (track) => this.#toggle(track.key), onActive: (track) => this.#details(track), onAll: () => this.#addFound(),
      onFavourite: (track) => this.#favourite(track.key),
    });
    form.querySelector("#choose-tracks").addEventListener("click", () => this.open());
    on("finder-close", "click", () => this.#dialog.close());
    on("finder-done", "click", () => this.#dialog.close());
    on("finder-text", "input", (event) => { this.#asked.text = event.target.value; this.#search(); });
    on("finder-text", "keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "Enter") return;
      event.preventDefault();
      this.#part("tracks-found").focus();
    });
    on("finder-facets", "change", (event) => this.#facet(event.target));
    on("finder-facets", "click", (event) => {
      const { more } = event.target.dataset;
      if (!more) return;
      if (!this.#open.delete(more)) this.#open.add(more);
      this.#search();
      this.#dialog.querySelector(`[data-more="${more}"]`)?.focus();
    });
    on("finder-presets", "click", (event) => {
      const preset = this.#catalogue?.presets.find(({ key }) => key === event.target.dataset.preset);
      if (preset) this.#change(preset.keys);
    });
    on("finder-chosen-only", "click", () => this.#only("chosen"));
    on("finder-favourites-only", "click", () => this.#only("favourites"));
    on("finder-export", "click", () => this.#export());
    on("finder-add", "click", () => this.#addFound());
    on("choose-default", "click", () => this.#change(this.#catalogue.defaults));
    on("choose-none", "click", () => this.#change([]));
    on("finder-tray", "click", (event) => {
      const { drop } = event.target.closest("[data-drop]")?.dataset ?? {};
      if (drop) this.#change([...this.#chosen].filter((key) => this.#catalogue.get(key)?.output !== drop));
    });
    on("finder-predict", "click", () => {
      this.#dialog.close();
      hooks.onPredict();
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    if (innerWidth <= NARROW) dialog.querySelector(".finder-filters").open = false;
    this.#say();
  }

  /** Another model is asked from now on: nothing of this one is chosen. Its catalogue comes by `fill`. */
  forget() {
    this.#catalogue = this.#predicted = null;
    this.#chosen = new Set();
    this.#touched = false;
    this.#asked = { text: "", chosen: {}, only: "" };
    this.#found = [];
    this.#part("finder-text").value = "";
    this.#part("finder-facets").replaceChildren();
    this.#list.show([]);
    this.#details(null);
    this.wait();
    this.#say();
  }

  /** Once per model, when the catalogue has come. */
  fill(catalogue) {
    this.#catalogue = catalogue;
    if (!this.#chosen.size && !this.#touched) this.#chosen = new Set(catalogue.defaults);
    this.#part("finder-presets").replaceChildren(...catalogue.presets.map(({ key, name, description, keys }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "chip-button", textContent: `${term(name)} ` });
      button.title = fill(ngettext("%(description)s: %(count)s track instead of those chosen", "%(description)s: %(count)s tracks instead of those chosen", keys.length), { description: term(description), count: keys.length });
      button.dataset.preset = key;
      button.append(Object.assign(document.createElement("small"), { textContent: keys.length }));
      return button;
    }));
    this.#part("choose-default").disabled = false;
    this.#search();
    this.#say();
  }

  /** The catalogue is on its way. */
  wait() { this.#missing(_("The list of tracks is coming …")); }

  /** It did not come; `again()` asks for it once more. */
  miss(again) {
    this.#missing(_("The list of tracks did not come; what is chosen stays."));
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: _("Try again") });
    button.addEventListener("click", () => {
      this.#part("tracks-found").focus(); // the button goes
      again();
    });
    this.#part("finder-count").append(" ", button);
  }

  /** No model fits. */
  none(sentence) { this.#missing(sentence); }

  #missing(sentence) {
    this.#part("finder-count").textContent = sentence;
    for (const id of ["finder-add", "choose-default"]) this.#part(id).disabled = true;
  }

  /** Keys in the model's order; undefined before the catalogue is here, which asks for the usual ones. */
  get keys() {
    if (!this.#catalogue) return this.#chosen.size ? [...this.#chosen] : undefined;
    return this.#catalogue.tracks.filter(({ key }) => this.#chosen.has(key)).map(({ key }) => key);
  }

  set(keys) { this.#change(keys); }

  /** The prediction on the page has these tracks and shows them. What somebody changed stays. */
  adopt(keys) {
    this.#predicted = new Set(keys);
    if (!this.#touched) this.#chosen = new Set(keys);
    this.#redraw();
  }

  /** What was chosen was asked for: the next prediction may say what is. */
  settle() { this.#touched = false; }

  /** The genome browser removed a track. */
  drop(keys) {
    for (const key of keys) this.#chosen.delete(key);
    this.#touched = true;
    this.#redraw();
  }

  open() {
    this.#search();
    this.#dialog.showModal();
    this.#part("finder-text").focus();
  }

  #part(id) { return this.#dialog.querySelector(`#${id}`); }

  #toggle(key) {
    const keys = new Set(this.#chosen);
    if (!keys.delete(key)) keys.add(key);
    this.#change(keys);
  }

  #favourite(key) {
    this.#favourites.toggle(key);
    if (this.#asked.only === "favourites") this.#search();
    this.#redraw();
    this.#details(this.#list.active);
  }

  #addFound() { this.#change([...this.#chosen, ...this.#found.map(({ key }) => key)]); }

  #change(keys) {
    this.#chosen = new Set(keys);
    this.#touched = true;
    if (this.#asked.only === "chosen") this.#search();
    this.#redraw();
    this.#hooks.onChange(this.keys ?? []);
  }

  #only(what) {
    this.#asked.only = this.#asked.only === what ? "" : what;
    this.#search();
  }

  #facet({ dataset: { facet }, value, checked }) {
    const values = (this.#asked.chosen[facet] ??= new Set());
    if (checked) values.add(value);
    else values.delete(value);
    this.#search();
    this.#dialog.querySelector(`[data-facet="${facet}"][value="${CSS.escape(value)}"]`)?.focus();
  }

  #search() {
    if (!this.#catalogue) return;
    const { text, chosen, only } = this.#asked;
    const among = only === "chosen" ? this.#chosen : only === "favourites" ? this.#favourites.keys : null;
    const { tracks, counts } = this.#catalogue.find({ text, chosen, among });
    this.#found = tracks;
    this.#list.show(tracks);
    this.#part("finder-facets").replaceChildren(...this.#catalogue.facets.map((facet) => this.#group(facet, counts[facet])));
    this.#part("finder-count").textContent = tracks.length
      ? fill(_("%(found)s of %(all)s tracks"), { found: tracks.length, all: this.#catalogue.tracks.length })
      : _("No track fits; take a word or a facet away.");
    this.#part("finder-add").textContent = fill(_("Choose all %(count)s found"), { count: tracks.length });
    this.#part("finder-add").disabled = !tracks.length;
    this.#pressed();
  }

  #group(facet, rows) {
    const group = document.createElement("fieldset");
    group.hidden = !rows.length;
    group.append(Object.assign(document.createElement("legend"), { textContent: FACET_NAMES[facet] }));
    const open = this.#open.has(facet);
    const chosen = this.#asked.chosen[facet] ?? new Set();
    const few = open ? rows.slice(0, MANY) : rows.filter(({ value }, at) => at < FEW || chosen.has(value));
    for (const { value, count } of few) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", value, checked: chosen.has(value) });
      box.dataset.facet = facet;
      const name = facet === "strand" ? STRANDS[value] : facet === "output" ? term(this.#catalogue.outputs.find(({ key }) => key === value).name) : term(value);
      label.append(box, Object.assign(document.createElement("span"), { textContent: name }), Object.assign(document.createElement("small"), { textContent: number(count) }));
      group.append(label);
    }
    if (rows.length > FEW) {
      const more = Object.assign(document.createElement("button"), { type: "button", className: "more" });
      more.dataset.more = facet;
      more.textContent = open ? _("Fewer") : fill(_("%(count)s more"), { count: rows.length - few.length });
      if (open && rows.length > MANY) more.textContent = fill(_("Fewer (the %(count)s largest are shown; type to find others)"), { count: MANY });
      group.append(more);
    }
    return group;
  }

  #details(track) {
    const about = this.#part("finder-details");
    about.hidden = !track;
    if (!track) return;
    const { skill } = track;
    const rows = [
      [_("Output"), term(track.outputName)], [_("What"), term(track.description)], [_("Sample"), track.biosample], [_("Ontology"), track.ontology], [_("Assay"), term(track.assay)],
      [_("Resolution"), `${number(track.resolution)} bp`], [_("Unit"), term(track.unit)],
      [_("Held-out skill"), skill ? joined([skillText(skill), { no: _("not skilful"), unsure: _("perhaps no better than a simpler method") }[skill.skilful]]) : _("not judged")],
      [_("Source"), track.source], [_("Licence"), track.licence], [_("Key"), track.key],
    ];
    const list = document.createElement("dl");
    for (const [name, value] of rows.filter(([, value]) => value)) {
      list.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value }));
    }
    const favourite = this.#favourites.has(track.key);
    const star = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: favourite ? _("★ Favourite") : _("☆ Make it a favourite") });
    star.ariaPressed = String(favourite);
    star.addEventListener("click", () => this.#favourite(track.key));
    about.replaceChildren(Object.assign(document.createElement("h3"), { textContent: track.name }), list, star);
  }

  #redraw() {
    this.#list.draw();
    this.#say();
  }

  /** Which of the two narrowing buttons is pressed. */
  #pressed() {
    this.#part("finder-chosen-only").ariaPressed = String(this.#asked.only === "chosen");
    this.#part("finder-favourites-only").ariaPressed = String(this.#asked.only === "favourites");
  }

  /** In the form and at the foot of the dialog: how many, of what, and whether they are on the screen. */
  #say() {
    const keys = this.keys;
    const all = this.#catalogue?.tracks.length;
    const text = keys && all ? fill(_("%(count)s of %(all)s"), { count: keys.length, all }) : _("the usual ones");
    this.#form.querySelector("#chosen").textContent = text;
    this.#part("finder-chosen").textContent = keys ? fill(_("%(count)s chosen"), { count: keys.length }) : "";
    this.#part("finder-favourites-only").querySelector("small").textContent = number(this.#favourites.keys.size);
    this.#part("finder-export").hidden = !this.#favourites.keys.size;
    const by = new Map();
    for (const key of keys ?? []) {
      const track = this.#catalogue?.get(key);
      if (track) by.set(track.output, (by.get(track.output) ?? 0) + 1);
    }
    const chips = [...by].map(([output, count]) => ({ output, count, ...this.#catalogue.outputs.find(({ key }) => key === output) }));
    this.#form.querySelector("#chosen-outputs").textContent = chips.map(({ name, count }) => `${term(name)} ${number(count)}`).join(" · ");
    this.#part("finder-tray").replaceChildren(...chips.map(({ output, name, count, colour }) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip-button" });
      chip.dataset.drop = output;
      chip.ariaLabel = fill(_("Take away %(output)s, %(count)s"), { output: term(name), count });
      const dot = Object.assign(document.createElement("span"), { className: "dot" });
      dot.style.background = colour;
      chip.append(dot, `${term(name)} ${number(count)} ×`);
      return chip;
    }));
    const missing = this.#predicted && keys ? keys.filter((key) => !this.#predicted.has(key)).length : 0;
    this.#part("finder-missing").hidden = !missing;
    this.#part("finder-missing").textContent = missing
      ? fill(ngettext(
        "%(missing)s of these was not predicted here; the same place is predicted again with all %(count)s.",
        "%(missing)s of these were not predicted here; the same place is predicted again with all %(count)s.", missing,
      ), { missing, count: keys.length })
      : "";
    this.#part("finder-predict").hidden = !missing;
    this.#part("finder-predict").textContent = fill(_("Predict with these %(count)s"), { count: keys?.length ?? 0 });
    this.#part("finder-done").classList.toggle("primary", !missing);
  }

  #export() {
    const address = URL.createObjectURL(new Blob([this.#favourites.text], { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href: address, download: "favourite-tracks.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}
