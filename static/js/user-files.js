// “Your data”: the dialog in which people bring files, see what they have here, and take rows in and out of the browser.

import * as api from "./api.js";
import { FileRows } from "./file-rows.js";
import { upload } from "./file-upload.js";
import { _, date, fill, ngettext, number, percent } from "./language.js";
import { toastsIn } from "./sharing.js";
import { toast } from "./toast.js";

const REMEMBERED = "locuscope.files";
const INDEX = /\.(bai|tbi|csi|crai)$/i;
const $ = (id) => document.getElementById(id);

export class UserFiles {
  #page; #hooks; #rows; #files = []; #own;

  /** hooks: mayEdit(), say(sentence) */
  constructor(page, viewer, hooks) {
    this.#page = page;
    this.#hooks = hooks;
    this.#rows = new FileRows(viewer, () => this.#changed());
    this.#own = Boolean(page.reference) && !page.reference.pasted;
    $("add-data").hidden = !this.#own;
    if (!this.#own) return;
    $("add-data").addEventListener("click", () => this.#open());
    $("files-close").addEventListener("click", () => $("files-dialog").close());
    $("files-dialog").addEventListener("close", () => toastsIn(document.body));
    $("files-input").addEventListener("change", () => {
      this.#bring([...$("files-input").files]);
      $("files-input").value = "";
    });
    $("files-by-url").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#fetch($("files-url").value.trim());
    });
    this.#takeDrops();
  }

  /** [{id, name}] of the rows, as a link keeps them. */
  get shown() { return this.#rows.shown; }

  /** Rows of a view that was kept; what is not here any more is said. */
  async restore(files) {
    if (!this.#own) return;
    const gone = [];
    for (const { id, name } of files) {
      try {
        await this.#rows.show(await api.file(id));
      } catch (error) {
        if (error.status === 404) gone.push(name || _("a file"));
        else this.#fail(error); // the other rows, and the rest of the view, come all the same
      }
    }
    if (!gone.length) return;
    this.#hooks.say(fill(ngettext(
      "“%(names)s” is not in this view any more: its owner removed it or does not lend it, or its time is over.",
      "“%(names)s” are not in this view any more: their owner removed them or does not lend them, or their time is over.", gone.length,
    ), { names: gone.join("”, “") }));
  }

  /** The rows that were here when this page was left. */
  async recall() {
    if (!this.#own || this.#page.view) return;
    const wanted = remembered(this.#page.genome);
    if (!wanted.length) return;
    await this.#load();
    for (const file of this.#files.filter(({ id }) => wanted.includes(id))) await this.#rows.show(file).catch((error) => this.#fail(error));
    remember(this.#page.genome, wanted); // one that failed comes again
  }

  async #open() {
    if (!this.#hooks.mayEdit() || $("files-dialog").open) return;
    $("files-dialog").showModal();
    toastsIn($("files-dialog"));
    await this.#load().catch((error) => this.#fail(error));
  }

  async #load() {
    this.#files = await api.files(this.#page.genome);
    this.#draw();
  }

  #changed() {
    this.#draw();
    if (!this.#page.view) remember(this.#page.genome, this.shown.map(({ id }) => id));
  }

  async #bring(files) {
    const chosen = files.length > 1 ? files.filter(({ name }) => !INDEX.test(name)) : files;
    if (chosen.length < files.length) toast(_("Indexes are made here; the index files were left out."));
    const jobs = chosen.map((file) => ({ file, job: this.#job(file.name) }));
    for (const { job } of jobs) job.say(_("Waiting …"));
    for (const { file, job } of jobs) await this.#send(file, job); // one after the other, so that rows come in their order
  }

  async #send(file, job) {
    if (job.signal.aborted) return job.done();
    const most = this.#page.files.maxMb;
    if (file.size > most * 2 ** 20) return job.failed(fill(_("“%(name)s” is larger than %(most)s MB; bring a part of it."), { name: file.name, most }));
    job.progress(0);
    const path = api.filesAddress(this.#page.genome);
    return this.#finish(job, upload(path, file, { signal: job.signal, onProgress: (share) => job.progress(share) }));
  }

  async #fetch(url) {
    if (!url) return $("files-url").focus();
    const job = this.#job(url.replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").pop() || url);
    job.say(_("The server fetches and checks it …"));
    $("files-url").value = "";
    return this.#finish(job, api.fetchFile(this.#page.genome, url, job.signal), url);
  }

  async #finish(job, coming, url = "") {
    try {
      const file = await coming;
      job.done();
      this.#files.push(file);
      await this.#rows.show(file);
      toast(fill(_("“%(name)s” is in the browser, under the predictions."), { name: file.name }));
    } catch (error) {
      if (error.name === "AbortError") return job.done();
      if (!(error instanceof api.Refusal)) console.error(error);
      job.failed(error instanceof api.Refusal ? error.message : _("The file could not be drawn; load the page again."));
      if (url && !$("files-url").value) $("files-url").value = url;
    }
    return undefined;
  }

  /** A line about one file on its way. */
  #job(name) {
    const item = document.createElement("li");
    const bar = Object.assign(document.createElement("progress"), { max: 1 });
    bar.setAttribute("aria-label", name);
    const said = Object.assign(document.createElement("small"), { role: "status" });
    const control = new AbortController();
    const act = button(_("Cancel"), fill(_("Cancel: %(name)s"), { name }), () => {
      control.abort();
      item.remove();
      $("files-input").focus();
    });
    item.append(Object.assign(document.createElement("strong"), { textContent: name }), said, bar, act);
    $("files-coming").append(item);
    return {
      signal: control.signal,
      say: (text) => { said.textContent = text; },
      progress(share) {
        if (share < 1) bar.value = share;
        else bar.removeAttribute("value");
        said.textContent = share < 1 ? fill(_("%(share)s sent"), { share: percent(share) }) : _("Checking it …");
      },
      done: () => item.remove(),
      failed(text) {
        item.className = "failed";
        said.role = "alert";
        said.textContent = text;
        bar.remove();
        act.replaceWith(button("×", fill(_("Close: %(name)s"), { name }), () => { item.remove(); $("files-input").focus(); }, "icon"));
      },
    };
  }

  #draw() {
    if (!this.#own) return;
    $("files-empty").hidden = this.#files.length > 0;
    $("files-mine").hidden = !this.#files.length;
    $("files-list").replaceChildren(...this.#files.map((file) => this.#item(file)));
  }

  #item(file) {
    const item = document.createElement("li");
    const { name } = file;
    const there = this.#rows.has(file.id);
    const about = [file.kind, sizeText(file.size), fill(_("kept until %(day)s"), { day: date(file.expires) })];
    if (file.skipped) about.push(fill(ngettext("%(count)s line on an unknown chromosome", "%(count)s lines on unknown chromosomes", file.skipped), { count: file.skipped }));
    const show = button(there ? _("Hide") : _("Show"), fill(there ? _("Hide: %(name)s") : _("Show: %(name)s"), { name }), () => this.#toggle(file));
    const acts = document.createElement("span");
    acts.className = "acts";
    acts.append(show, button(_("Remove"), fill(_("Remove: %(name)s"), { name }), () => this.#remove(file)));
    item.append(Object.assign(document.createElement("strong"), { textContent: name }), Object.assign(document.createElement("small"), { textContent: about.join(" · ") }), acts);
    item.dataset.file = file.id;
    return item;
  }

  async #toggle(file) {
    if (this.#rows.has(file.id)) this.#rows.hide(file.id);
    else await this.#rows.show(file).catch((error) => this.#fail(error));
    $("files-list").querySelector(`[data-file="${file.id}"] button`)?.focus();
  }

  async #remove(file) {
    const there = this.#rows.has(file.id);
    try {
      await api.removeFile(file.id);
    } catch (error) {
      return this.#fail(error);
    }
    this.#files = this.#files.filter(({ id }) => id !== file.id);
    this.#rows.hide(file.id);
    $("files-close").focus();
    return toast(fill(_("“%(name)s” is removed."), file), { undo: () => this.#takeBack(file, there).catch((error) => this.#fail(error)) });
  }

  async #takeBack(file, there) {
    await api.restoreFile(file.id);
    await this.#load();
    if (there) await this.#rows.show(file);
  }

  #fail(error) {
    if (!(error instanceof api.Refusal)) console.error(error);
    toast(error instanceof api.Refusal ? error.message : _("That did not work; load the page again."));
  }

  /** Files let fall anywhere on the page. */
  #takeDrops() {
    const carries = (event) => event.dataTransfer?.types.includes("Files") && !event.target.closest?.("input[type=file]");
    let depth = 0;
    const hint = (on) => { $("files-drop").hidden = !on; };
    addEventListener("dragenter", (event) => { if (carries(event)) hint(++depth > 0); });
    addEventListener("dragleave", (event) => { if (carries(event)) hint((depth = Math.max(0, depth - 1)) > 0); });
    addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
    addEventListener("drop", async (event) => {
      hint((depth = 0) > 0);
      if (!carries(event)) return;
      event.preventDefault();
      const files = [...event.dataTransfer.files];
      await this.#open();
      if ($("files-dialog").open) this.#bring(files);
    });
  }
}

function button(text, label, act, className = "button small") {
  const one = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
  one.setAttribute("aria-label", label);
  one.addEventListener("click", act);
  return one;
}

function sizeText(bytes) {
  if (bytes < 1e6) return `${number(Math.max(1, Math.round(bytes / 1e3)))} kB`;
  return `${number(bytes / 1e6, { maximumFractionDigits: 1 })} MB`;
}

function remembered(genome) {
  try {
    return JSON.parse(localStorage.getItem(`${REMEMBERED}.${genome}`) ?? "[]");
  } catch {
    return []; // a browser that keeps nothing
  }
}

function remember(genome, ids) {
  try {
    localStorage.setItem(`${REMEMBERED}.${genome}`, JSON.stringify(ids));
  } catch { /* the same */ }
}
