// Three steps for a first visitor. The card stands in the page before what it explains, so it covers nothing and takes no focus.

const KEY = "tour";
const steps = () => [...document.getElementById("tour")?.content.querySelectorAll("[data-before]") ?? []];

let card = null;

/** Whether this page has what the tour explains. */
export function tourHere() { return steps().length > 0; }

/** From the first step; `focus`: somebody asked for it, so the keyboard goes there. */
export function beginTour({ focus = false } = {}) {
  end();
  if (tourHere()) step(0, focus);
}

function step(index, focus) {
  leave();
  const text = steps()[index];
  const before = document.querySelector(text.dataset.before);
  const shown = document.querySelector(text.dataset.shows);
  if (!before || !shown) return end();
  card = document.getElementById("tour").content.querySelector(".tour").cloneNode(true);
  card.querySelector("p").append(...text.cloneNode(true).childNodes);
  const last = index === steps().length - 1;
  card.querySelector(".tour-next").hidden = last;
  card.querySelector(".tour-done").hidden = !last;
  card.querySelector(".tour-skip").hidden = last;
  card.querySelector(".tour-next").addEventListener("click", () => step(index + 1, true));
  for (const button of card.querySelectorAll(".tour-skip, .tour-done")) button.addEventListener("click", () => end(true));
  card.addEventListener("keydown", (event) => { if (event.key === "Escape") end(true); });
  before.before(card);
  shown.classList.add("tour-here");
  if (focus) {
    card.querySelector("button:not([hidden])").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
  return undefined;
}

function leave() {
  document.querySelector(".tour-here")?.classList.remove("tour-here");
  card?.remove();
  card = null;
}

function end(byHand = false) {
  const within = card?.contains(document.activeElement);
  leave();
  if (byHand) {
    try { localStorage.setItem(KEY, "done"); } catch { /* a private window: it comes again */ }
    if (within) document.getElementById("tracks").focus({ preventScroll: true });
  }
}

/** On the bare home page only, once; not for somebody who has predicted something here. */
function wanted() {
  if (new URLSearchParams(location.search).has("tour")) return true;
  if (location.pathname !== "/" || location.search || location.hash) return false;
  try {
    return localStorage.getItem(KEY) === null && localStorage.getItem("recent") === null;
  } catch {
    return false;
  }
}

if (wanted()) beginTour();
