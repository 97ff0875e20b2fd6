// Links: the dialog that makes, lists and revokes them; and on the page of one, that it can be read and made one's own.

import * as api from "./api.js";
import { _, date, fill, moment, ngettext } from "./language.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);

export class Sharing {
  #page; #result; #read; #title;

  /** @param hooks result(): {prediction: id} or {job: id} on the page, or null; read(): the page's state; title(): of the result */
  constructor(page, { result, read, title }) {
    this.#page = page;
    this.#result = result;
    this.#read = read;
    this.#title = title;
    if (page.view) api.readBy(page.view.token, () => this.#ask());
    $("share").addEventListener("click", () => this.#open());
    $("share-close").addEventListener("click", () => $("share-dialog").close());
    $("share-dialog").addEventListener("close", () => toastsIn(document.body));
    $("share-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
    $("share-copy").addEventListener("click", () => copy($("share-link")));
    $("fork-stay").addEventListener("click", () => $("fork-dialog").close());
    $("fork-go").addEventListener("click", () => this.#fork());
    $("fork")?.addEventListener("click", () => this.#fork());
    $("recompute")?.addEventListener("click", () => this.#recompute());
  }

  /** Whether the page is somebody's own; else they are asked to make it so. */
  mayEdit() {
    if (this.#page.view) this.#ask();
    return !this.#page.view;
  }

  #ask() { if (!$("fork-dialog").open) $("fork-dialog").showModal(); }

  async #fork() {
    try {
      const { url } = await api.forkView(this.#page.view.token);
      location.assign(url);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #recompute() {
    $("recompute").disabled = true;
    try {
      const { url } = await api.recompute(this.#result());
      location.assign(url);
    } catch (error) {
      $("recompute").disabled = false;
      this.#fail(error);
    }
  }

  #fail(error) { toast(error instanceof api.Refusal ? error.message : _("That did not work; load the page again.")); }

  #open() {
    const { view } = this.#page;
    $("share-error").hidden = true;
    $("share-made").hidden = !view;
    if (view) this.#show(view);
    else this.#list();
    $("share-name").placeholder = this.#title();
    $("share-make").disabled = !this.#result();
    $("share-dialog").showModal();
    toastsIn($("share-dialog"));
  }

  async #make() {
    $("share-make").disabled = true;
    $("share-error").hidden = true;
    try {
      const days = $("share-days").value;
      const view = await api.makeView({
        ...this.#result(), state: this.#read(), name: $("share-name").value, days: days ? Number(days) : null,
      });
      this.#show(view);
      $("share-link").select();
      await this.#list();
    } catch (error) {
      $("share-error").textContent = error instanceof api.Refusal ? error.message : _("The link could not be made; load the page again.");
      $("share-error").hidden = false;
      if (!(error instanceof api.Refusal)) console.error(error);
    }
    $("share-make").disabled = false;
  }

  #show({ token, url }) {
    $("share-made").hidden = false;
    $("share-link").value = new URL(url, location.href).href;
    $("share-qr").href = api.codeOf(token);
    $("share-qr").querySelector("img").src = api.codeOf(token);
  }

  /** `focus`: {token, act} of the button that has it then; where its row is gone, the row's that took its place. */
  async #list(focus = null) {
    try {
      const before = [...$("share-list").children].findIndex(({ dataset }) => dataset.token === focus?.token);
      const views = await api.views();
      $("share-mine").hidden = !views.length;
      $("share-list").replaceChildren(...views.map((view) => this.#row(view)));
      if (!focus || !$("share-dialog").open) return;
      const rows = [...$("share-list").children];
      const row = rows.find(({ dataset }) => dataset.token === focus.token) ?? rows[Math.min(before, rows.length - 1)];
      (row?.querySelector(`[data-act="${focus.act}"]`) ?? $("share-close")).focus();
    } catch (error) {
      this.#fail(error);
    }
  }

  #row(view) {
    const item = document.createElement("li");
    item.dataset.token = view.token;
    const name = Object.assign(document.createElement("a"), { href: view.url, textContent: view.title });
    const about = Object.assign(document.createElement("small"), { textContent: aboutText(view) });
    const act = (name, text, run) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: text });
      button.setAttribute("aria-label", fill(_("%(action)s: %(title)s"), { action: text, title: view.title }));
      button.dataset.act = name;
      button.addEventListener("click", run);
      return button;
    };
    const acts = document.createElement("span");
    acts.className = "acts";
    acts.append(
      act("show", _("Show"), () => this.#show(view)), act("rename", _("Rename"), () => this.#rename(item, view)), act("revoke", _("Revoke"), () => this.#revoke(view)),
    );
    item.append(name, about, acts);
    return item;
  }

  #rename(item, view) {
    const form = document.createElement("form");
    form.className = "with-button";
    const field = Object.assign(document.createElement("input"), { type: "text", maxLength: 200, value: view.name || view.title });
    field.setAttribute("aria-label", _("Name of the link"));
    form.append(field, Object.assign(document.createElement("button"), { className: "button small", textContent: _("Save") }));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await this.#change(view, { name: field.value }, "rename");
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // of the dialog, which stays
      const row = this.#row(view);
      item.replaceWith(row);
      row.querySelector("[data-act=rename]").focus();
    });
    item.replaceChildren(form);
    field.select();
  }

  async #revoke(view) {
    try {
      await api.revokeView(view.token);
      toast(fill(_("“%(title)s” is revoked; the link is closed."), view), { undo: () => this.#change(view, { revoked: false }) });
      if ($("share-link").value.endsWith(view.url)) $("share-made").hidden = true;
      await this.#list({ token: view.token, act: "revoke" });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #change(view, change, act = null) {
    try {
      await api.changeView(view.token, change);
      if (change.revoked === false) toast(fill(_("“%(title)s” is open again."), view));
      await this.#list(act && { token: view.token, act });
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** While a dialog is open, nothing outside it can be pressed. */
function toastsIn(place) { place.append(document.querySelector(".toasts")); }

function aboutText({ opened, last_opened: last, expires }) {
  return [
    opened ? fill(ngettext("opened once, on %(when)s", "opened %(count)s times, last on %(when)s", opened), { count: opened, when: moment(last) }) : _("not opened yet"),
    expires ? fill(_("ends on %(day)s"), { day: date(expires) }) : "",
  ].filter(Boolean).join(" · ");
}

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast(_("The link is copied."));
  } catch { // no clipboard over plain http from another machine
    toast(_("The link is selected; copy it with the keyboard."));
  }
}
