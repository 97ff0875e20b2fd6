// Sending one file, with its progress; fetch() tells nothing of what was sent.

import { Refusal } from "./api.js";
import { _ } from "./language.js";

/** The server's description of the new file. onProgress(0 … 1); `signal` breaks it off (AbortError). Throws a Refusal. */
export function upload(path, file, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const broken = () => reject(new Refusal(_("The upload broke off; check the connection and try again."), { code: "offline" }));
    request.open("POST", path);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("load", () => {
      const said = request.response;
      if (request.status === 201) resolve(said);
      else if (said?.error) reject(new Refusal(said.error.message, { ...said.error, status: request.status }));
      else broken();
    });
    request.addEventListener("error", broken);
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}
