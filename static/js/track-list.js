// A list of thousands of tracks of which only the rows in sight exist: a list box with several selections.


import { _, fill } from "./language.js";
import { resolutionText, term } from "./words.js";

const ROW = 48, SPARE = 6;
const SKILL = {
  no: () => [_("not skilful"), _("%(description)s. On chromosomes it never saw the model is here not skilful.")],
  unsure: () => [_("unsure"), _("%(description)s. On chromosomes it never saw the model is here perhaps no better than a simpler method.")],
};

export class TrackList {
  #root; #inner; #tracks = []; #active = -1; #hooks; #drawn = 0; #pressed = false;

  /** hooks: isChosen(key), isFavourite(key), onToggle(track), onFavourite(track), onActive(track), onAll() */
  constructor(root, hooks) {
    this.#root = root;
    this.#hooks = hooks;
    this.#inner = document.createElement("div");
    this.#inner.className = "rows";
    this.#inner.role = "presentation";
    root.append(this.#inner);
    root.addEventListener("scroll", () => this.#later(), { passive: true });
    root.addEventListener("keydown", (event) => this.#key(event));
    // Rows are made anew when one becomes active; between a press and its click that would lose the click.
    root.addEventListener("pointerdown", () => { this.#pressed = true; });
    addEventListener("pointerup", () => { this.#pressed = false; });
    root.addEventListener("focus", () => { if (this.#active < 0 && this.#tracks.length && !this.#pressed) this.#go(0); });
    root.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]");
      if (!row) return;
      this.#go(Number(row.dataset.row), false);
      if (event.target.closest(".star")) hooks.onFavourite(this.active);
      else hooks.onToggle(this.active);
    });
    new ResizeObserver(() => this.draw()).observe(root);
  }

  get active() { return this.#tracks[this.#active] ?? null; }

  show(tracks) {
    const before = this.active;
    this.#tracks = tracks;
    this.#active = before ? tracks.indexOf(before) : -1;
    if (this.#active < 0) this.#root.scrollTop = 0;
    this.#hooks.onActive(this.active);
    this.#inner.style.height = `${tracks.length * ROW}px`;
    this.draw();
  }

  draw() {
    this.#drawn = 0;
    const { scrollTop, clientHeight } = this.#root;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    const stop = Math.min(this.#tracks.length, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
    const rows = [];
    for (let at = first; at < stop; at++) rows.push(this.#row(at));
    this.#inner.replaceChildren(...rows);
    if (this.#active >= first && this.#active < stop) this.#root.setAttribute("aria-activedescendant", `track-${this.#active}`);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  #later() { this.#drawn ||= requestAnimationFrame(() => this.draw()); }

  #row(at) {
    const track = this.#tracks[at];
    const row = document.createElement("div");
    row.id = `track-${at}`;
    row.role = "option";
    row.className = at === this.#active ? "track active" : "track";
    row.dataset.row = at;
    row.dataset.key = track.key;
    row.style.top = `${at * ROW}px`;
    row.ariaSelected = String(this.#hooks.isChosen(track.key));
    row.ariaPosInSet = String(at + 1);
    row.ariaSetSize = String(this.#tracks.length);
    const favourite = this.#hooks.isFavourite(track.key);
    const [weak, warning] = SKILL[track.skill?.skilful]?.() ?? [];
    const text = span("text", span("name", track.name), span("more", [term(track.assay), track.biosample, resolutionText(track.resolution)].filter(Boolean).join(" · ")));
    const dot = span("dot");
    dot.style.background = track.colour;
    const star = span(favourite ? "star on" : "star", favourite ? "★" : "☆");
    star.title = _("Favourite (F)");
    if (!favourite) star.ariaHidden = "true";
    else star.ariaLabel = _("favourite");
    row.append(span("tick"), dot, text, ...(weak ? [span("weak", weak)] : []), star);
    row.title = weak ? fill(warning, { description: term(track.description) }) : term(track.description);
    return row;
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#root.clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) this.#go(Math.min(this.#tracks.length - 1, Math.max(0, this.#active + steps[event.key])));
    else if ((event.key === " " || event.key === "Enter") && this.active) this.#hooks.onToggle(this.active);
    else if (event.key === "f" && !event.ctrlKey && !event.metaKey && this.active) this.#hooks.onFavourite(this.active);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.#hooks.onAll();
    else return;
    event.preventDefault();
  }

  #go(at, scroll = true) {
    if (at < 0 || !this.#tracks.length) return;
    this.#active = at;
    if (scroll) {
      const top = at * ROW, { scrollTop, clientHeight } = this.#root;
      if (top < scrollTop) this.#root.scrollTop = top;
      else if (top + ROW > scrollTop + clientHeight) this.#root.scrollTop = top + ROW - clientHeight;
    }
    this.draw();
    this.#hooks.onActive(this.active);
  }
}

function span(className, ...content) {
  const element = document.createElement("span");
  element.className = className;
  element.append(...content);
  return element;
}
