// Tracks that somebody marked; the list stays in this browser.

const KEY = "favourite-tracks";

export class Favourites {
  #keys = new Set(read());

  get keys() { return this.#keys; }

  has(key) { return this.#keys.has(key); }

  toggle(key) {
    if (!this.#keys.delete(key)) this.#keys.add(key);
    try {
      localStorage.setItem(KEY, JSON.stringify([...this.#keys]));
    } catch { /* a private window */ }
  }

  /** One key a line. */
  get text() { return `${[...this.#keys].join("\n")}\n`; }
}

function read() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((key) => typeof key === "string") : [];
  } catch {
    return []; // a private window, or somebody's edit
  }
}
