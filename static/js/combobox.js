// Completion of gene names as one types: an input and its list, by mouse, touch and keyboard (WAI-ARIA combobox).

import { searchGenes } from "./api.js";
import { _ } from "./language.js";
import { term } from "./words.js";

const PAUSE_MS = 90;

export class GeneCombobox {
  #input; #list; #genome; #choose; #genes = []; #selected = -1; #timer = 0; #abort = null;

  /** choose(gene) is called when one is taken from the list. */
  constructor(input, list, genome, choose) {
    this.#input = input;
    this.#list = list;
    this.#genome = genome;
    this.#choose = choose;
    input.addEventListener("input", () => this.#later());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.close());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus in the input
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.#take(Number(item.dataset.index));
    });
  }

  close() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#list.hidden = true;
    this.#selected = -1;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const text = this.#input.value.trim();
    this.#abort?.abort();
    if (!text || text.includes(":")) return this.close();
    this.#abort = new AbortController();
    try {
      this.#genes = await searchGenes(this.#genome, text, this.#abort.signal);
    } catch {
      return undefined; // a newer question, or the server is away: the form's own answer says so
    }
    return this.#draw();
  }

  #draw() {
    this.#selected = -1;
    this.#list.replaceChildren(...(this.#genes.length ? this.#genes.map(option) : [nothing()]));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.key === "Escape") return this.close();
    if (this.#list.hidden || !this.#genes.length) return undefined;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      return this.#select((this.#selected + step + this.#genes.length) % this.#genes.length);
    }
    if (event.key === "Enter" && this.#selected >= 0) {
      event.preventDefault();
      return this.#take(this.#selected);
    }
    return undefined;
  }

  #select(index) {
    this.#selected = index;
    [...this.#list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    this.#input.setAttribute("aria-activedescendant", `gene-${index}`);
    this.#list.children[index].scrollIntoView({ block: "nearest" });
  }

  #take(index) {
    const gene = this.#genes[index];
    this.#input.value = gene.name;
    this.close();
    this.#choose(gene);
  }
}

function option(gene, index) {
  const item = document.createElement("li");
  item.id = `gene-${index}`;
  item.role = "option";
  item.dataset.index = index;
  item.ariaSelected = "false";
  const part = (className, text) => {
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text;
    item.append(span);
  };
  part("name", gene.name);
  part("systematic", [gene.systematic !== gene.name ? gene.systematic : "", gene.kind !== "protein-coding" ? term(gene.kind) : ""].filter(Boolean).join(" · "));
  part("place", gene.locus);
  if (gene.description) part("about", gene.description);
  return item;
}

function nothing() {
  const item = document.createElement("li");
  item.className = "none";
  item.textContent = _("No gene or feature begins like this. Fewer letters find more; a place such as chrII:278,000-281,000 works too.");
  return item;
}
