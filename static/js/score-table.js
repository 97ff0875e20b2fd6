// The table of a scoring job: one page of rows at a time, sorted and filtered by the server.

import { formatValue } from "./bins.js";
import { _, fill, joined, ngettext } from "./language.js";

const LIMIT = 50, WAIT_MS = 250;

export class ScoreTable {
  #table; #form; #ask; #columns; #onOpen; #sort = "strongest"; #down = null; #offset = 0; #turn = 0; #timer = 0; #scales = []; // per column the largest size of its kind of score in the job

  /** ask(query) => Promise<{total, rows}>; onOpen(row): show a variant in the genome browser. */
  constructor(root, columns, { ask, onOpen, onError }) {
    this.#table = root.querySelector("#table");
    this.#form = root.querySelector("#filters");
    this.#ask = ask;
    this.#columns = columns;
    this.#onOpen = onOpen;
    this.root = root;
    this.onError = onError;
    this.#head();
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", (event) => {
      if (event.target.name === "sort") this.#sortBy(event.target.value, null);
      else this.#later();
    });
    root.querySelector("#before").addEventListener("click", () => this.#turnTo(this.#offset - LIMIT));
    root.querySelector("#after").addEventListener("click", () => this.#turnTo(this.#offset + LIMIT));
  }

  /** Ask for the page again: rows have come in. */
  async refresh() {
    const mine = ++this.#turn;
    const { filter, status, gene, min } = this.#form.elements;
    const query = { sort: this.#sort, offset: this.#offset, limit: LIMIT };
    if (this.#down !== null) query.desc = this.#down;
    for (const field of [filter, status, gene, min]) if (field.value.trim()) query[field.name] = field.value.trim();
    try {
      const { total, rows, largest } = await this.#ask(query);
      if (mine !== this.#turn) return;
      this.#scales = this.#columns.map(({ scorer }) => Math.max(...this.#columns.map((other, at) => (other.scorer === scorer ? largest[at] ?? 0 : 0))));
      this.#draw(rows, total);
    } catch (error) {
      if (mine === this.#turn) this.onError(error);
    }
  }

  /** Order and filters, as a link keeps them. */
  get state() {
    const { filter, status, gene, min } = this.#form.elements;
    return { sort: this.#sort, down: this.#down, filter: filter.value, status: status.value, gene: gene.value, min: min.value };
  }

  set state({ sort, down, ...filters }) {
    for (const name of ["filter", "status", "gene", "min"]) this.#form.elements[name].value = filters[name];
    const column = /^\d+$/.test(sort ?? "") ? Number(sort) : null;
    if (sort) this.#sort = sort;
    this.#down = down;
    this.#form.elements.sort.value = column === null ? this.#sort : "";
    this.#mark(column);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#turnTo(0), WAIT_MS);
  }

  #turnTo(offset) {
    this.#offset = Math.max(0, offset);
    this.refresh();
  }

  /** By a column, "strongest", "place" or "number"; the same column again turns the order round. */
  #sortBy(key, column) {
    this.#down = column !== null && this.#sort === key ? !(this.#down ?? true) : null;
    this.#sort = key;
    if (column !== null) this.#form.elements.sort.value = "";
    this.#mark(column);
    this.#turnTo(0);
  }

  #mark(column) {
    for (const [index, cell] of [...this.#table.tHead.rows[0].cells].slice(3).entries()) {
      if (index === column) cell.setAttribute("aria-sort", this.#down === false ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  }

  #head() {
    for (const [index, column] of this.#columns.entries()) {
      const cell = this.#table.tHead.rows[0].cells[index + 3];
      const button = document.createElement("button");
      button.type = "button";
      button.title = fill(_("%(name)s, %(description)s (%(scorer)s); click to sort"), { ...column, scorer: column.scorer_name });
      button.append(...cell.childNodes);
      button.addEventListener("click", () => this.#sortBy(String(index), index));
      cell.replaceChildren(button);
    }
  }

  #draw(rows, total) {
    this.#table.tBodies[0].replaceChildren(...(rows.length ? rows.map((row) => this.#row(row)) : [this.#nothing()]));
    this.root.querySelector("#found").textContent = fill(ngettext("%(count)s row", "%(count)s rows", total), { count: total });
    const last = Math.min(total, this.#offset + LIMIT);
    this.root.querySelector("#page").textContent = total ? fill(_("%(first)s to %(last)s"), { first: this.#offset + 1, last }) : _("none");
    this.root.querySelector("#before").disabled = this.#offset === 0;
    this.root.querySelector("#after").disabled = last >= total;
  }

  /** In place of rows: why there are none, and the way on. */
  #nothing() {
    const line = document.createElement("tr");
    const said = cell(`${_("No row matches what is asked for above.")} `);
    said.className = "none";
    said.colSpan = this.#columns.length + 3;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "open", textContent: _("Show all rows") });
    button.addEventListener("click", () => {
      for (const name of ["filter", "status", "gene", "min"]) this.#form.elements[name].value = "";
      this.#form.elements.filter.focus();
      this.#turnTo(0);
    });
    said.append(button);
    line.append(said);
    return line;
  }

  #row(row) {
    const line = document.createElement("tr");
    line.append(cell(row.allele > 1 ? `${row.number}.${row.allele}` : row.number), this.#name(row));
    if (row.error) {
      line.className = "bad";
      const said = cell(row.error);
      said.colSpan = this.#columns.length + 1;
      line.append(said);
      return line;
    }
    const strongest = this.#columns[row.strongest];
    line.append(cell(strongest ? `${strongest.name} ${signed(row.values[row.strongest], strongest)}` : row.status === "waiting" ? _("waiting") : ""));
    for (const [index, column] of this.#columns.entries()) {
      const value = row.values[index];
      const one = cell(value === null ? "" : signed(value, column));
      const level = row.quantiles?.[index] ?? null;
      if (value !== null) one.title = joined([row.genes[index], level !== null && fill(_("quantile %(quantile)s of common-like variants"), { quantile: level.toFixed(3) })]);
      if (value !== null) one.style.background = tint(value / this.#scales[index]);
      line.append(one);
    }
    return line;
  }

  #name(row) {
    const one = document.createElement("td");
    if (row.variant) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "open";
      button.textContent = row.variant;
      button.title = _("Show reference, edited and difference in the genome browser");
      button.addEventListener("click", () => this.#onOpen(row));
      one.append(button);
    } else one.append(row.given);
    const more = [row.id, row.notes].filter(Boolean).join(" · ");
    if (more) one.append(" ", Object.assign(document.createElement("small"), { textContent: more }));
    one.title = [row.given, more].filter(Boolean).join("\n");
    return one;
  }
}

function cell(text) {
  return Object.assign(document.createElement("td"), { textContent: text });
}

function signed(value, column) {
  return `${column.signed && value > 0 ? "+" : ""}${formatValue(value)}`;
}

/** White at zero, full where a score is the largest of its kind, blue above and red below. */
function tint(share) {
  const strength = Math.min(1, Math.abs(share)) * 42;
  return strength >= 1 ? `rgb(${share > 0 ? "29 98 168" : "179 48 42"} / ${strength.toFixed(0)}%)` : "";
}
