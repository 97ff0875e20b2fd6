// Our items in the menu of a predicted track: how it is arranged and scaled.

import { _, fill } from "./language.js";
import { term } from "./words.js";

/** For igv.js; `layout` is changed, then `arrange` called; pick(row): somebody wants to choose rows with one scale. */
export function signalMenu(track, layout, arrange, pick) {
  const { signal } = track;
  const together = { label: _("One scale for several tracks …"), click: () => pick(signal.row) };
  if (signal.edited) return ["<hr/>", together];
  const { row, output, outputName, pair, mates } = signal;
  const said = { output: term(outputName) };
  const [kind, shared] = row.mode.split(":");
  const item = (label, change) => ({ label, click: () => { change(); arrange(); } });
  const items = [];
  if (kind === "heat") {
    items.push(item(_("Draw as separate tracks"), () => layout.setHeat(output, false)));
    items.push(shared ? item(_("A scale for each row"), () => layout.setShared(output, false, true)) : item(_("One scale for all rows"), () => layout.setShared(output, true, true)));
    return ["<hr/>", ...items];
  }
  if (kind === "mirrored") items.push(item(_("Strands in two tracks"), () => layout.setApart(row.keys, true)));
  else if (pair) items.push(item(_("Both strands in one track"), () => layout.setApart([...row.keys, pair], false)));
  if (mates > 2) {
    items.push(item(fill(_("Draw “%(output)s” as a heat map"), said), () => layout.setHeat(output, true)));
    items.push(shared ? item(_("A scale of its own"), () => layout.setShared(output, false)) : item(fill(_("One scale for all of “%(output)s”"), said), () => layout.setShared(output, true)));
  }
  return ["<hr/>", ...items, together];
}
