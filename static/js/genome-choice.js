// The choice of a genome in the search box, where there are several: another one is another page. By keys one passes others on the way:
// there Enter or the button beside it goes.

/** `select` as the page has it, or null; `genome` is the one that is shown. Returns go(text): to the one that was chosen, and what was
 * typed there; false where it is this one. */
export function offerGenomes(select, genome) {
  if (!select) return () => false;
  select.value = genome; // what a browser remembers of a page that was left
  let byKeys = false;
  const go = (text = "") => {
    if (select.value === genome) return false;
    location.assign(`/?${new URLSearchParams({ genome: select.value, ...(text.trim() && { locus: text.trim() }) })}`);
    return true;
  };
  select.addEventListener("pointerdown", () => { byKeys = false; });
  select.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && go()) event.preventDefault();
    else if (!/^(Tab|Shift|Control|Alt|Meta)$/.test(event.key)) byKeys = true;
  });
  select.addEventListener("change", () => { if (!byKeys) go(); });
  return go;
}
