// Short words about what just happened, in a corner, without taking the focus; with a way back where there is one.

import { _ } from "./language.js";

const LEAST_MS = 5000; // WCAG asks for time enough to read
const PER_LETTER_MS = 60;
const LEAVE_MS = 180;
const MOST = 3; // at a time; the oldest goes

let region = null;

/**
 * Say one sentence to eyes and to screen readers. `undo`: called when somebody takes it back; then the toast goes at once.
 * It stays while the pointer is on it or the focus in it. Returns a function that takes it away.
 */
export function toast(text, { undo = null } = {}) {
  const item = document.createElement("div");
  item.className = "toast";
  item.append(Object.assign(document.createElement("span"), { textContent: text }));
  const watch = new Watch(Math.max(LEAST_MS, text.length * PER_LETTER_MS) + (undo ? LEAST_MS : 0), () => leave(item));
  if (undo) {
    item.append(button(_("Undo"), "toast-undo", () => {
      watch.stop();
      leave(item, true);
      undo();
    }));
  }
  const close = () => {
    watch.stop();
    leave(item, true);
  };
  const cross = button("×", "toast-close", close);
  cross.setAttribute("aria-label", _("Close"));
  item.append(cross);
  const hold = () => { if (!item.matches(":hover, :focus-within")) watch.go(); };
  item.addEventListener("pointerenter", () => watch.stop());
  item.addEventListener("focusin", (event) => {
    if (!item.contains(event.relatedTarget)) item.cameFrom = event.relatedTarget;
    watch.stop();
  });
  item.addEventListener("pointerleave", () => setTimeout(hold));
  item.addEventListener("focusout", () => setTimeout(hold));
  item.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  const place = regionOf();
  place.append(item);
  while (place.children.length > MOST) ([...place.children].find((one) => !one.matches(":hover, :focus-within")) ?? place.firstElementChild).remove();
  watch.go();
  return close;
}

/** A clock that can be held. */
class Watch {
  #left; #since = 0; #timer = 0; #done;

  constructor(milliseconds, done) {
    this.#left = milliseconds;
    this.#done = done;
  }

  go() {
    clearTimeout(this.#timer);
    this.#since = performance.now();
    this.#timer = setTimeout(this.#done, this.#left);
  }

  stop() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#left = Math.max(1000, this.#left - (performance.now() - this.#since)); // time to look away and back
  }
}

/** Screen readers hear only what is put into a region that was there before, so it is made once, when the module is loaded. */
function regionOf() {
  if (region?.isConnected) return region;
  region = document.createElement("div");
  region.className = "toasts";
  region.setAttribute("role", "status"); // polite
  region.setAttribute("aria-live", "polite");
  region.setAttribute("aria-atomic", "false");
  document.body.append(region);
  return region;
}

function leave(item, byHand = false) {
  const within = item.contains(document.activeElement);
  const remove = () => item.remove();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) remove();
  else {
    item.classList.add("leaving");
    setTimeout(remove, LEAVE_MS);
  }
  if (byHand && within) focusBack(item.cameFrom);
}

/** Where the focus goes when what had it is gone: where it came from, else the page's content, never the top of the document. */
function focusBack(before) {
  const target = before?.isConnected ? before : document.querySelector("#tracks") ?? document.querySelector("#main");
  if (target?.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
  target?.focus({ preventScroll: true });
}

function button(text, className, act) {
  const one = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
  one.addEventListener("click", act);
  return one;
}

regionOf();
