// Talking to /api/v1. Every refusal becomes a Refusal with the server's own sentence.

export class Refusal extends Error {
  constructor(message, { code = "", status = 0, suggestions = [] } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.suggestions = suggestions;
  }
}

const ROOT = "/api/v1";

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(ROOT + path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer; check the connection.", { code: "offline" });
  }
  if (response.ok) return response;
  let said = {};
  try {
    said = (await response.json()).error ?? {};
  } catch { /* not ours: a proxy, perhaps */ }
  throw new Refusal(said.message ?? `The server answered ${response.status}; try again in a moment.`, {
    ...said, status: response.status,
  });
}

const json = async (path, options) => (await request(path, options)).json();

export const searchGenes = (genome, text, signal) =>
  json(`/genes?${new URLSearchParams({ genome, q: text, limit: 8 })}`, { signal });

/** {name, chromosome, start, end, locus}, 0-based half-open; a Refusal says what was wrong with the text. */
export const findPlace = (genome, text) => json(`/place?${new URLSearchParams({ genome, q: text })}`);

export const submit = (spec) =>
  json("/predictions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(spec) });

export const prediction = (id) => json(`/predictions/${id}`, { cache: "no-store" });

export const cancel = (id) => json(`/predictions/${id}`, { method: "DELETE" });

/** `body`: an object, or a form with a file. */
export const submitScores = (body) => json("/scores", body instanceof FormData ? { method: "POST", body } : {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

export const scores = (id) => json(`/scores/${id}`, { cache: "no-store" });

export const scoreRows = (id, query) => json(`/scores/${id}/rows?${new URLSearchParams(query)}`, { cache: "no-store" });

export const scorePlot = (id, column) => json(`/scores/${id}/plot?column=${column}`, { cache: "no-store" });

export const scoreMatrix = (id, column) => json(`/scores/${id}/matrix?column=${column}`, { cache: "no-store" });

export const cancelScores = (id) => json(`/scores/${id}`, { method: "DELETE" });

export const sequence = async (id) => (await request(`/predictions/${id}/sequence.fa`)).text();

/** Measured tracks that are installed for a genome. */
export const measured = (genome) => json(`/measured?${new URLSearchParams({ genome })}`);

/** Float32Array [tracks * bins], track-major, of keys with their version; `place`: {genome, chromosome, summary}. */
export async function measuredWindows(place, keys, { start, end, bins }) {
  const query = new URLSearchParams({ ...place, tracks: keys.join(","), start, end, bins, format: "f4" });
  return new Float32Array(await (await request(`/measured/windows?${query}`)).arrayBuffer());
}

/** Float32Array [tracks * bins], track-major. */
export async function windows(id, keys, { start, end, bins }) {
  const query = new URLSearchParams({ tracks: keys.join(","), start, end, bins, format: "f4" });
  return new Float32Array(await (await request(`/predictions/${id}/windows?${query}`)).arrayBuffer());
}
