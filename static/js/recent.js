// Predictions that were asked for or opened in this browser lately; the list stays in it.

const KEY = "recent", MOST = 8;

export function recent() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((item) => typeof item?.url === "string" && item.url.startsWith("/p/")) : [];
  } catch {
    return []; // a private window, or somebody's edit
  }
}

export function remember(prediction, title) {
  const others = recent().filter((item) => item.url !== prediction.url);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ url: prediction.url, title, created: prediction.created }, ...others].slice(0, MOST)));
  } catch { /* a private window */ }
}

/** Fill the page's list with them; `empty` is shown where there are none. */
export function listRecent(list, empty) {
  const items = recent();
  empty.hidden = items.length > 0;
  list.replaceChildren(...items.map(({ url, title }) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href: url, textContent: title }));
    return item;
  }));
}
