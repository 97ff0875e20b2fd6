// Talking to /api/v1. Every refusal becomes a Refusal with the server's own sentence.

import { _, fill } from "./language.js";

export class Refusal extends Error {
  constructor(message, { code = "", status = 0, suggestions = [] } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.suggestions = suggestions;
  }
}

const ROOT = "/api/v1";
let link = null; // {token, ask}: the page shows a shared view, to read alone

/** Read by a link from now on; `ask()`: somebody wants more than to read. */
export function readBy(token, ask) { link = { token, ask }; }

/** The address of something of a result, also for an <a>: with the link's token where one is read by. */
export function address(path) {
  return `${ROOT}${path}${link ? `${path.includes("?") ? "&" : "?"}view=${encodeURIComponent(link.token)}` : ""}`;
}

/** Whoever only reads is asked to make it theirs; throws then. */
function own() {
  if (!link) return;
  link.ask();
  throw new Refusal(_("This is a shared view; make it yours to edit it or to predict more."), { code: "read_only" });
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(/^\/(predictions|scores|files)\//.test(path) ? address(path) : ROOT + path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(_("The server does not answer; check the connection."), { code: "offline" });
  }
  if (response.ok) return response;
  let said = {};
  try {
    said = (await response.json()).error ?? {};
  } catch { /* not ours: a proxy, perhaps */ }
  throw new Refusal(said.message ?? fill(_("The server answered %(status)s; try again in a moment."), { status: String(response.status) }), {
    ...said, status: response.status,
  });
}

const json = async (path, options) => (await request(path, options)).json();

export const searchGenes = (genome, text, signal) =>
  json(`/genes?${new URLSearchParams({ genome, q: text, limit: 8 })}`, { signal });

/** {name, chromosome, start, end, locus}, 0-based half-open; a Refusal says what was wrong with the text. */
export const findPlace = (genome, text) => json(`/place?${new URLSearchParams({ genome, q: text })}`);

const send = (path, method, body) =>
  json(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export async function submit(spec) {
  own();
  return send("/predictions", "POST", spec);
}

export const prediction = (id) => json(`/predictions/${id}`, { cache: "no-store" });

export const cancel = (id) => json(`/predictions/${id}`, { method: "DELETE" });

/** `body`: an object, or a form with a file. */
export async function submitScores(body) {
  own();
  return body instanceof FormData ? json("/scores", { method: "POST", body }) : send("/scores", "POST", body);
}

/** The same again, of the model that is installed now. */
export const recompute = ({ prediction, job }) =>
  json(prediction ? `/predictions/${prediction}/recompute` : `/scores/${job}/recompute`, { method: "POST" });

/** A key of one's own to Google's service: {last_four, models}. */
export const enterKey = (key) => send("/hosted/key", "PUT", { key });
export const forgetKey = () => json("/hosted/key", { method: "DELETE" });

export const views = () => json("/views", { cache: "no-store" });

export const makeView = (body) => send("/views", "POST", body);

export const changeView = (token, change) => send(`/views/${token}`, "PATCH", change);

export const revokeView = (token) => json(`/views/${token}`, { method: "DELETE" });

export const forkView = (token) => json(`/views/${token}/fork`, { method: "POST" });

export const codeOf = (token) => `${ROOT}/views/${token}/qr.svg`;

export const scores = (id) => json(`/scores/${id}`, { cache: "no-store" });

export const scoreRows = (id, query) => json(`/scores/${id}/rows?${new URLSearchParams(query)}`, { cache: "no-store" });

export const scorePlot = (id, column) => json(`/scores/${id}/plot?column=${column}`, { cache: "no-store" });

export const scoreMatrix = (id, column) => json(`/scores/${id}/matrix?column=${column}`, { cache: "no-store" });

export const cancelScores = (id) => json(`/scores/${id}`, { method: "DELETE" });

export const sequence = async (id) => (await request(`/predictions/${id}/sequence.fa`)).text();

/** Measured tracks that are installed for a genome. */
export const measured = (genome) => json(`/measured?${new URLSearchParams({ genome })}`);

/** Float32Array [tracks * bins], track-major, of keys with their version; `place`: {genome, chromosome, summary}. */
export async function measuredWindows(place, keys, { start, end, bins }, signal) {
  const query = new URLSearchParams({ ...place, tracks: keys.join(","), start, end, bins, format: "f4" });
  return new Float32Array(await (await request(`/measured/windows?${query}`, { signal })).arrayBuffer());
}

/** Float32Array [tracks * bins], track-major; `summary` "mean" or "max", by default each track's own. */
export async function windows(id, keys, { start, end, bins, summary }, signal) {
  const query = new URLSearchParams({ tracks: keys.join(","), start, end, bins, format: "f4", ...(summary && { summary }) });
  return new Float32Array(await (await request(`/predictions/${id}/windows?${query}`, { signal })).arrayBuffer());
}

/** For the panels: the signal of a gene, a profile around a feature, the mean profile of the genes. */
export const geneSignal = (id, query, signal) => json(`/predictions/${id}/gene-signal?${new URLSearchParams(query)}`, { signal });
export const profile = (id, query, signal) => json(`/predictions/${id}/profile?${new URLSearchParams(query)}`, { signal });
export const meanProfile = (id, query, signal) => json(`/predictions/${id}/mean-profile?${new URLSearchParams(query)}`, { signal });

const contactsPath = (id, key, query) => `/predictions/${id}/contacts?${new URLSearchParams({ track: key, ...query })}`;

/** {start, width, size, values}: a square of a contact map, Float32Array row by row. */
export async function contacts(id, key, { start, end, size }) {
  const response = await request(contactsPath(id, key, { start, end, size, format: "f4" }));
  const [from, width, bins] = ["Start", "Bin", "Bins"].map((name) => Number(response.headers.get(`Contacts-${name}`)));
  return { start: from, width, size: bins, values: new Float32Array(await response.arrayBuffer()) };
}

/** The address of the same as a table. */
export const contactsTable = (id, key, { start, end, size }) => address(contactsPath(id, key, { start, end, size, format: "csv" }));

/** [{track, strand, start, end, value}] */
export const junctions = async (id, keys) => (await json(`/predictions/${id}/junctions?${new URLSearchParams({ tracks: keys.join(",") })}`)).junctions;

/** Files that visitors brought. */
export const files = (genome) => json(`/files?${new URLSearchParams({ genome })}`, { cache: "no-store" });

/** Where an upload goes. */
export const filesAddress = (genome) => `${ROOT}/files?${new URLSearchParams({ genome })}`;

export const file = (id) => json(`/files/${id}`, { cache: "no-store" });

export const fetchFile = (genome, url, signal) => json(`/files?${new URLSearchParams({ genome })}`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ url }), signal,
});

export const removeFile = (id) => json(`/files/${id}`, { method: "DELETE" });

export const restoreFile = (id) => send(`/files/${id}`, "PATCH", { removed: false });
