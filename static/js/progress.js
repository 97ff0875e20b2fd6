// Following a prediction until it ends, and saying how it stands.

import * as api from "./api.js";

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
      onAway(error.status === 404 ? error.message : "The connection is lost; trying again …");
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
    return before > 0 ? `Waiting: ${before} prediction${before > 1 ? "s" : ""} before yours` : "Waiting for the predictor, next in line";
  }
  if (prediction.state === "RUNNING") {
    const again = prediction.attempts > 1 ? ` (attempt ${prediction.attempts})` : "";
    return `Predicting: ${prediction.stage || "starting"}, ${Math.round(prediction.progress * 100)} %${again}`;
  }
  if (prediction.state === "CANCELLED") return "This prediction was cancelled.";
  if (prediction.state === "FAILED") return prediction.error?.message ?? "This prediction failed.";
  return "";
}
