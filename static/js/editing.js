// Editing what is shown: the popover at a base, the bar of edits, and asking for the edited prediction.

import * as api from "./api.js";
import { BaseEditor } from "./base-editor.js";
import { EditBar, noteOrder, placesOf } from "./edits.js";
import { formatLocus } from "./locus.js";

const AROUND_BP = 100; // shown on either side of an edit

export class Editing {
  #page; #viewer; #hooks; #bar; #editor; #asking = null;

  /**
   * @param hooks current(): the prediction on the page; covers(place): whether it has values there; tracks(): keys that are
   * chosen; opened(id, url): show another prediction in the same view; fail(error); begin(): a new attempt
   */
  constructor(page, viewer, roots, hooks) {
    this.#page = page;
    this.#viewer = viewer;
    this.#hooks = hooks;
    this.#editor = new BaseEditor(roots.editor, {
      bases: (...stretch) => viewer.bases(...stretch), most: page.maxAlleleBp,
      onEdit: async (text) => {
        const error = await this.#ask([...this.#bar.texts(), text]);
        if (error instanceof api.Refusal) return error.message;
        if (error) hooks.fail(error);
        return "";
      },
    });
    this.#bar = new EditBar(roots.bar, {
      onEdits: async (texts) => {
        const error = await this.#ask(texts);
        if (error) hooks.fail(error);
      },
      onMode: (mode) => viewer.setMode(mode), onGo: (edit) => this.#goTo(edit),
    });
  }

  show(prediction) { this.#bar.show(prediction, Boolean(this.#page.own)); }

  setMode(mode) {
    this.#bar.press(mode);
    this.#viewer.setMode(mode);
  }

  /** Offer edits of a base, once the edit before is drawn. */
  async pick(chromosome, position, point) {
    await this.#asking;
    await this.#editor.show(chromosome, position, point).catch(this.#hooks.fail);
  }

  /** Predict the reference here with these edits, or as it is without any; the error, if it failed. One at a time, so that none is lost. */
  async #ask(texts) {
    if (this.#asking) return null;
    this.#asking = this.#predict(texts);
    const error = await this.#asking;
    this.#asking = null;
    return error;
  }

  async #predict(texts) {
    this.#hooks.begin();
    try {
      const current = this.#hooks.current();
      const tracks = current?.tracks.length ? current.tracks.map(({ key }) => key) : this.#hooks.tracks();
      const answer = await api.submit({ ...(await this.#input(current, texts)), tracks, variants: texts });
      noteOrder(await api.prediction(answer.id), this.#bar.texts());
      await this.#hooks.opened(answer.id, answer.url);
      return null;
    } catch (error) {
      return error;
    }
  }

  /** The same place where people look at it; else the server looks for room around the edits. */
  async #input(current, texts) {
    const { genome, own } = this.#page;
    const name = current?.model.name ?? this.#hooks.model();
    const model = name ? { model: name } : {};
    if (current && !current.genome) {
      const bases = (await api.sequence(current.id)).replace(/^>.*\n/, "").replaceAll("\n", "");
      return { ...model, sequence: bases, name: current.name };
    }
    const { place } = this.#viewer;
    if (own || this.#hooks.covers(place)) {
      return { ...model, genome, locus: current.locus, ...(current.name ? { name: current.name } : {}) };
    }
    return texts.length ? { ...model, genome } : { ...model, genome, locus: formatLocus(place) };
  }

  #goTo(edit) {
    const current = this.#hooks.current();
    const { own } = this.#page;
    const place = placesOf(current, own).find((one) => one.edit.text === edit.text);
    if (!place) return;
    const reach = Math.max(AROUND_BP, place.end - place.start);
    const middle = Math.floor((place.start + place.end) / 2);
    const chromosome = own?.name ?? current.interval.chromosome;
    this.#viewer.goTo({ chromosome, start: Math.max(0, middle - reach), end: middle + reach });
  }
}
