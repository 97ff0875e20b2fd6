// A key of one's own to Google's service: entering it, its last four characters, forgetting it. It is never kept in the page.

import * as api from "./api.js";
import { _, fill } from "./language.js";
import { hush } from "./messages.js";
import { toast } from "./toast.js";

/** `page.hosted`: {offered, last_four}: whether a key can be entered, and the end of the one that is here; `models`: a ModelChoice. */
export function keepKey(root, page, models) {
  const part = (name) => root.querySelector(`#hosted-${name}`);
  const [enter, input, save, kept, said, error] = ["enter", "key", "save", "kept", "said", "error"].map(part);
  // The panel stands within the form of predictions, and is none of it.
  const form = document.body.appendChild(Object.assign(document.createElement("form"), { id: "hosted-form", hidden: true }));

  function show(lastFour) {
    enter.hidden = Boolean(lastFour) || !page.hosted.offered;
    kept.hidden = !lastFour;
    said.textContent = lastFour ? fill(_("Your key that ends in %(last)s is here."), { last: lastFour }) : "";
  }

  async function change(action, sentence, focus) {
    error.hidden = true;
    save.disabled = true;
    try {
      const now = await action();
      input.value = "";
      show(now.last_four);
      models.offer(now.models);
      hush(); // that a key was missing
      toast(sentence);
      focus().focus();
    } catch (refusal) {
      if (!(refusal instanceof api.Refusal)) console.error(refusal);
      error.hidden = false;
      error.textContent = refusal instanceof api.Refusal ? refusal.message : _("Something went wrong in this page; load it again.");
    } finally {
      save.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(() => api.enterKey(input.value), _("Your key is kept; AlphaGenome at Google’s can be chosen as the model."), () => part("forget"));
  });
  part("forget").addEventListener("click", () => change(api.forgetKey, _("Your key is deleted here."), () => (page.hosted.offered ? input : root.querySelector("summary"))));
  show(page.hosted.last_four);
  root.open = !page.hosted.last_four && (new URLSearchParams(location.search).get("model") ?? "").startsWith("alphagenome-api");
}
