// The choice of a genome in the search box, where there are several: another one is another page.

/** `select` as the page has it, or null; `genome` is the one that is shown. */
export function offerGenomes(select, genome) {
  if (!select) return;
  select.value = genome; // what a browser remembers of a page that was left
  select.addEventListener("change", () => location.assign(`/?${new URLSearchParams({ genome: select.value })}`));
}
