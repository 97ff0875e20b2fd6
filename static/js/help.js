// The keyboard map, on every page: “?” opens it, “/” goes to the search. “p” the panels. None while somebody types, all can be switched off.

import "./print.js";
import { beginTour, tourHere } from "./tour.js";

const KEY = "keys";
const dialog = document.getElementById("keys");
const single = document.getElementById("keys-single");

single.checked = read() !== "off";
single.addEventListener("change", () => {
  try { localStorage.setItem(KEY, single.checked ? "on" : "off"); } catch { /* a private window: until the page is left */ }
});
document.getElementById("help").addEventListener("click", open);
document.getElementById("keys-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }); // beside it
document.getElementById("keys-tour").addEventListener("click", (event) => {
  if (!tourHere()) return; // the link leads to the home page, where it begins
  event.preventDefault();
  dialog.close();
  beginTour({ focus: true });
});
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !single.checked || typing(event)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") open();
  else if (event.key === "/" && document.getElementById("locus")) document.getElementById("locus").focus();
  else if (event.key === "p" && document.getElementById("panels-toggle")?.hidden === false) document.getElementById("panels-toggle").click();
  else return;
  event.preventDefault();
});

/** A modal dialog: the browser keeps the focus in it, closes it on Escape and gives the focus back. */
function open() {
  if (!dialog.open) dialog.showModal();
}

document.querySelector(".languages")?.addEventListener("submit", ({ currentTarget: form }) => {
  form.action = form.action.split("#")[0] + location.hash; // the place in view: the redirect keeps it
});

/** Whether the key is text for something, also inside igv.js's shadow root. */
function typing(event) {
  const [target] = event.composedPath();
  return Boolean(target?.isContentEditable || target?.matches?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select"));
}

function read() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}
