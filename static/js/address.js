// The address of the page: its fragment is the place in view, its query may name a place and a model.

import { formatLocus, parseLocus } from "./locus.js";

const WAIT_MS = 250; // browsers refuse a hundred changes of the address within seconds, which a drag makes

let shown = location.pathname + location.search;
let timer = 0;

/** The place that the address names, as text; "" where it names none. */
export function fragment() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // a broken escape: somebody's edit
  }
}

/** A locus on a pasted sequence of this `name` and `length`, or null. */
export function insidePasted(text, { name, length }) {
  const place = parseLocus(text);
  return place && place.chromosome === name && place.start < length ? { ...place, end: Math.min(place.end, length) } : null;
}

/** Soon: the last of several moves is what counts. */
export function keepPlace(place) {
  clearTimeout(timer);
  timer = setTimeout(() => history.replaceState(history.state, "", `#${formatLocus(place).replaceAll(",", "")}`), WAIT_MS);
}

/** Another result without loading the page again. */
export function push(url) {
  clearTimeout(timer);
  history.pushState(null, "", url);
  shown = location.pathname + location.search;
}

/** `name` of the model that is asked; "" where it goes without saying. */
export function keepModel(name) {
  const query = new URLSearchParams(location.search);
  if (name) query.set("model", name);
  else query.delete("model");
  const search = query.size ? `?${query}` : "";
  history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
  shown = location.pathname + location.search;
}

/** Back and forward load the page they lead to; `onPlace` is told of a fragment that a person typed. */
export function followAddress(onPlace) {
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) location.reload();
  });
  addEventListener("hashchange", () => { // our own changes of the address do not fire this
    const text = fragment();
    if (parseLocus(text)) onPlace(text);
  });
}
