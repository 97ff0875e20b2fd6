// Which model is asked: those that fit the genome, of a pasted sequence all of them; the choice stays in the address.

import { shortLicence } from "./credit.js";
import { _, fill } from "./language.js";

/** Whether a model was made for a genome: the server names all that it knows of, parts of an assembly too. */
export function fits(model, genome) {
  return !genome || model.genomes.includes(genome);
}

export class ModelChoice {
  #root; #select; #hint; #page; #onChange; #wanted; #genome = null; #now = "";

  /** onChange(model or null) when another one is chosen, by hand or because the genome asks for it. */
  constructor(root, page, { onChange }) {
    this.#root = root;
    this.#select = root.querySelector("select");
    this.#hint = root.querySelector("#model-hint");
    this.#page = page;
    this.#onChange = onChange;
    this.#wanted = this.#now = page.model;
    this.#select.addEventListener("change", () => this.set(this.#select.value));
  }

  /** What is said of a model that is installed, else undefined. */
  get(name) { return this.#page.models.find((model) => model.name === name); }

  /** The model that is asked; null where none fits. */
  get current() { return this.get(this.#now) ?? null; }

  /** Choose it, if it fits; another genome may take another, and coming back this one again. */
  set(name) {
    this.#wanted = name;
    this.#draw();
  }

  /** Offer what fits a genome; null: a pasted sequence. */
  fit(genome) {
    this.#genome = genome;
    this.#draw();
  }

  /** Those at Google's that are there now; none without a key. */
  offer(hosted) {
    this.#page.models = [...this.#page.models.filter((model) => !model.hosted), ...hosted];
    this.#draw();
  }

  #draw() {
    const offered = this.#page.models.filter((model) => fits(model, this.#genome));
    // What runs at Google's is asked by whoever chose it, and is never the page's own choice.
    const chosen = offered.find(({ name }) => name === this.#wanted) ?? offered.find(({ hosted }) => !hosted) ?? null;
    const options = offered.map(({ name, title }) => new Option(title, name, false, name === chosen?.name));
    if (offered.length && !chosen) options.unshift(new Option(_("Choose a model"), "", false, true));
    this.#select.replaceChildren(...options);
    this.#select.hidden = !offered.length;
    this.#select.disabled = options.length < 2;
    this.#root.querySelector("label").hidden = !offered.length;
    this.missing = offered.length ? _("Choose a model") : this.#page.noModel; // what to say while none is chosen
    this.#hint.classList.toggle("missing", !chosen);
    this.#root.querySelector("#model-away").hidden = !chosen?.hosted;
    this.#hint.textContent = chosen ? fill(_("Version %(version)s. %(licence)s"), { version: chosen.version, licence: shortLicence(chosen.licence) }) : this.missing;
    const before = this.#now;
    this.#now = chosen?.name ?? "";
    if (before !== this.#now) this.#onChange(chosen);
  }
}
