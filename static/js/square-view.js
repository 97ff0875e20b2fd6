// The contact map of what is in view as a square, by Plotly: a panel below the browser, which follows the locus. Of an edited sequence
// the edited map, the reference's or the difference.

import { reachOf, difference } from "./contact-windows.js";
import { CHANGE_COLOURS, CONTACT_COLOURS, plotlyScale } from "./diverging.js";
import { _, fill } from "./language.js";
import { formatLocus } from "./locus.js";
import { loadPlotly, withPictures } from "./plotly.js";
import { term } from "./words.js";

const MOST_BINS = 256;
const WAIT_MS = 150;
const LAYOUT = {
  margin: { l: 92, r: 20, t: 8, b: 44 }, paper_bgcolor: "#fff", plot_bgcolor: "#eef1f2", font: { family: "system-ui, sans-serif", size: 12, color: "#17212b" },
};
const CHOICES = [["edited", _("Edited")], ["reference", _("Reference")], ["change", _("Difference")]];

export class SquareView {
  #panel; #plot; #config; #title; #links; #tracks; #choice; #source; #shown = []; #turn = 0; #timer = 0; #place = null; #credit = ""; #key = null; // of the map that somebody chose

  /** `after`: the element that the panel follows; `source`: where Plotly's script is, which is loaded when the panel is opened. */
  constructor(after, source) {
    this.#source = source;
    this.#config = withPictures(() => ({ title: this.#title.textContent, name: "locuscope-contacts", credit: this.#credit }));
    this.#panel = Object.assign(document.createElement("details"), { id: "square", className: "square", hidden: true });
    const summary = Object.assign(document.createElement("summary"), { textContent: _("Contact map as a square") });
    const line = Object.assign(document.createElement("div"), { className: "line" });
    this.#title = Object.assign(document.createElement("p"), { id: "square-title" });
    this.#tracks = document.createElement("select");
    this.#tracks.setAttribute("aria-label", _("Which contact map"));
    this.#choice = document.createElement("select");
    this.#choice.setAttribute("aria-label", _("Of which sequence"));
    this.#choice.append(...CHOICES.map(([value, text]) => new Option(text, value)));
    this.#tracks.addEventListener("change", () => { this.#key = this.#tracks.value; });
    for (const select of [this.#tracks, this.#choice]) select.addEventListener("change", () => this.follow(this.#place));
    this.#links = Object.assign(document.createElement("a"), { textContent: "CSV", className: "button small", download: "" });
    this.#plot = Object.assign(document.createElement("div"), { className: "plot" });
    line.append(this.#title, this.#tracks, this.#choice, this.#links);
    this.#panel.append(summary, line, this.#plot);
    this.#panel.addEventListener("toggle", () => this.follow(this.#place));
    after.after(this.#panel);
  }

  /** The contact maps' tracks of another prediction; without any there is no panel. */
  offer(tracks, place) {
    this.#shown = tracks;
    this.#panel.hidden = !tracks.length;
    this.#tracks.replaceChildren(...tracks.map(({ name, signal }) => new Option(name, signal.key)));
    this.#select();
    this.#tracks.hidden = tracks.length < 2;
    this.#choice.hidden = !tracks.some(({ signal }) => signal.edited);
    this.follow(place);
  }

  /** As a link keeps it: {key, of}, null where nothing is shown. */
  get state() { return this.#shown.length && this.#panel.open ? { key: this.#tracks.value, of: this.#choice.value } : null; }

  restore(state) {
    if (!state) return;
    this.#key = state.key;
    if (CHOICES.some(([value]) => value === state.of)) this.#choice.value = state.of;
    this.#select();
    this.follow(this.#place);
  }

  /** The map that was chosen, as long as it is there; else the first. */
  #select() { if (this.#shown.some(({ signal }) => signal.key === this.#key)) this.#tracks.value = this.#key; }

  /** Show one of them. */
  open(track) {
    this.#key = track.signal.key;
    this.#select();
    this.#panel.open = true;
    this.#panel.scrollIntoView({ block: "nearest" });
    this.follow(this.#place);
  }

  /** Another place in view. */
  follow(place) {
    this.#place = place;
    clearTimeout(this.#timer);
    if (this.#panel.open && this.#shown.length) this.#timer = setTimeout(() => this.#draw().catch((error) => { this.#title.textContent = error.message; }), WAIT_MS);
  }

  async #draw() {
    const mine = ++this.#turn;
    const track = this.#shown.find(({ signal }) => signal.key === this.#tracks.value), place = this.#place;
    if (!track || !place) return;
    await loadPlotly(this.#source);
    const { key, name, unit, scale, contacts, edited, suffix, interval, csv, credit } = track.signal;
    this.#title.textContent = fill(_("%(name)s: %(place)s"), { name, place: formatLocus(place) });
    this.#credit = credit;
    const keys = edited ? { edited: [key], reference: [`${key}:ref`], change: [key, `${key}:ref`] }[this.#choice.value] : [key + suffix];
    const here = place.chromosome === interval.chromosome;
    const maps = here ? await Promise.all(keys.map((one) => contacts.load(one, place.start, place.end, 0, MOST_BINS))) : [null];
    if (mine !== this.#turn) return;
    this.#links.hidden = !maps[0];
    if (!maps[0]) {
      window.Plotly.purge(this.#plot);
      this.#plot.textContent = _("Nothing was predicted here.");
      return;
    }
    const changed = keys.length > 1;
    const map = changed ? difference(maps[0], maps[1]) : maps[0];
    this.#links.href = csv(keys[0], map);
    const end = changed ? reachOf(map, 0.02 * (scale || 1)) : scale || 1;
    const middles = Array.from({ length: map.size }, (_, at) => map.start + (at + 0.5) * map.width);
    const rows = middles.map((_, at) => Array.from(map.values.subarray(at * map.size, (at + 1) * map.size), (value) => (value === value ? value : null)));
    const width = this.#plot.clientWidth;
    const said = changed ? _("edited − reference") : term(unit);
    if (width < 500) this.#title.textContent = fill(_("%(name)s: %(place)s; %(unit)s"), { name, place: formatLocus(place), unit: said }); // a phone has no room for it beside the colours
    const trace = {
      type: "heatmap", x: middles, y: middles, z: rows, zmin: -end, zmax: end, colorscale: plotlyScale(changed ? CHANGE_COLOURS : CONTACT_COLOURS), hoverongaps: false,
      colorbar: { thickness: 12, title: { text: width < 500 ? "" : said, side: "right" } }, hovertemplate: `${fill(_("%(one)s and %(other)s"), { one: "%{x:,.0f}", other: "%{y:,.0f}" })}<br>%{z:.3g}<extra></extra>`,
    };
    const axis = { tickformat: ",d", nticks: 5, showgrid: false, zeroline: false };
    const layout = {
      ...LAYOUT, height: Math.max(280, Math.min(600, width - 40)), xaxis: { ...axis, title: { text: place.chromosome } },
      yaxis: { ...axis, autorange: "reversed", scaleanchor: "x", constrain: "domain" }, ...(width < 500 ? { margin: { ...LAYOUT.margin, l: 66, r: 0 } } : {}),
    };
    layout.xaxis.constrain = "domain";
    if (!this.#plot.data) this.#plot.textContent = "";
    await window.Plotly.react(this.#plot, [trace], layout, this.#config);
  }
}
