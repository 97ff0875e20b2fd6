// One scale for rows that somebody picks: a dialog with a box for each row.

import { _ } from "./language.js";

export class ScaleDialog {
  #dialog; #list; #rows; #apply; #error;

  /** rows(): [{keys, name, group}] that can share a scale, from the top; apply(keys, together): these on one
   * scale, or on one each. */
  constructor({ rows, apply }) {
    this.#rows = rows;
    this.#apply = apply;
  }

  /** `row`: the one whose menu it was asked in; its group is ticked. */
  open(row = null) {
    this.#dialog ??= this.#make();
    const rows = this.#rows();
    const group = rows.find(({ keys }) => keys[0] === row?.keys[0])?.group;
    this.#error.hidden = true;
    this.#list.replaceChildren(...rows.map(({ keys, name, group: other }) => {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: keys[0] === row?.keys[0] || Boolean(group && group === other) });
      box.keys = keys;
      label.append(box, name);
      return label;
    }));
    this.#dialog.showModal();
  }

  #make() {
    const dialog = Object.assign(document.createElement("dialog"), { id: "scale-dialog", className: "share small scale" });
    dialog.setAttribute("aria-labelledby", "scale-title");
    const form = Object.assign(document.createElement("form"), { method: "dialog" });
    const title = Object.assign(document.createElement("h2"), { id: "scale-title", textContent: _("One scale for several tracks") });
    const hint = Object.assign(document.createElement("p"), { textContent: _("Tick the tracks whose axes end at the same value, the largest of them all in view.") });
    this.#list = Object.assign(document.createElement("fieldset"), { className: "rows" });
    this.#list.setAttribute("aria-label", _("Tracks"));
    this.#error = Object.assign(document.createElement("p"), { className: "error", hidden: true });
    this.#error.setAttribute("role", "alert");
    const button = (text, className, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
      made.addEventListener("click", act);
      return made;
    };
    const line = Object.assign(document.createElement("p"), { className: "row" });
    line.append(
      button(_("Cancel"), "button", () => dialog.close()),
      button(_("A scale each"), "button", () => this.#done(false)),
      button(_("One scale"), "button primary", () => this.#done(true)),
    );
    form.append(title, hint, this.#list, this.#error, line);
    form.addEventListener("submit", (event) => {
      event.preventDefault(); // Enter on a box
      this.#done(true);
    });
    dialog.append(form);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    return dialog;
  }

  #done(together) {
    const chosen = [...this.#list.querySelectorAll("input:checked")].map(({ keys }) => keys);
    if (chosen.length < (together ? 2 : 1)) {
      this.#error.textContent = together ? _("Tick at least two tracks.") : _("Tick at least one track.");
      this.#error.hidden = false;
      return;
    }
    this.#dialog.close();
    this.#apply(chosen.flat(), together);
  }
}
