// What the page says above the tracks: one message, a list of warnings, how a prediction stands.

import { Refusal } from "./api.js";
import { _ } from "./language.js";
import { stageText } from "./progress.js";

const $ = (id) => document.getElementById(id);

export function say(sentence) {
  $("message").hidden = false;
  $("message").firstElementChild.textContent = sentence;
}

export function hush() { $("message").hidden = true; }

/** Whether something is being said. */
export function saying() { return !$("message").hidden; }

/** A refusal is a sentence for people; anything else is a fault of ours, which the console has. */
export function fail(error) {
  if (!(error instanceof Refusal)) console.error(error);
  say(error instanceof Refusal ? error.message : _("The genome browser could not be drawn; load the page again."));
}

export function warn(sentences) {
  $("warnings").hidden = !sentences.length;
  $("warnings").replaceChildren(...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
}

/** Stage and progress of a prediction that is not done. */
export function standing(now) {
  $("status").hidden = false;
  $("status").classList.toggle("failed", now.state === "FAILED");
  $("stage").textContent = stageText(now);
  $("bar").style.width = `${now.state === "RUNNING" ? Math.max(3, now.progress * 100) : 0}%`;
  $("bar").parentElement.hidden = !now.waiting;
  $("cancel").hidden = !now.waiting;
  $("retry").hidden = now.waiting;
}
