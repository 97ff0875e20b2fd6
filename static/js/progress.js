// Following a prediction until it ends, and saying how it stands.

import * as api from "./api.js";
import { _, fill, ngettext, percent } from "./language.js";
import { term } from "./words.js";

const FIRST_MS = 250, LONGEST_MS = 2000;

/** Calls onChange(prediction) at each look until it ends; onAway(message) while the server does not answer. */
export function follow(id, { onChange, onAway, signal }) {
  let pause = FIRST_MS;
  async function look() {
    if (signal.aborted) return;
    try {
      const prediction = await api.prediction(id);
      if (signal.aborted) return;
      onChange(prediction);
      if (!prediction.waiting) return;
      pause = Math.min(LONGEST_MS, prediction.state === "RUNNING" ? FIRST_MS * 2 : pause * 1.3);
    } catch (error) {
      if (signal.aborted) return;
      onAway(error.status === 404 ? error.message : _("The connection is lost; trying again …"));
      if (error.status === 404) return;
      pause = LONGEST_MS;
    }
    setTimeout(look, pause);
  }
  look();
}

/** One line for people. */
export function stageText(prediction) {
  if (prediction.state === "QUEUED") {
    const before = (prediction.queue_position ?? 1) - 1;
    return before > 0
      ? fill(ngettext("Waiting: %(count)s prediction before yours", "Waiting: %(count)s predictions before yours", before), { count: before })
      : _("Waiting for the predictor, next in line");
  }
  if (prediction.state === "RUNNING") {
    const said = { stage: term(prediction.stage || "starting"), done: percent(prediction.progress), attempt: prediction.attempts };
    return fill(prediction.attempts > 1 ? _("Predicting: %(stage)s, %(done)s (attempt %(attempt)s)") : _("Predicting: %(stage)s, %(done)s"), said);
  }
  if (prediction.state === "CANCELLED") return _("This prediction was cancelled.");
  if (prediction.state === "FAILED") return prediction.error?.message ?? _("This prediction failed.");
  return "";
}
