// Our items in the menu of a predicted track: how it is arranged and scaled.

/** For igv.js; `layout` is changed, then `arrange` called; pick(row): somebody wants to choose rows with one scale. */
export function signalMenu(track, layout, arrange, pick) {
  const { signal } = track;
  const together = { label: "One scale for several tracks …", click: () => pick(signal.row) };
  if (signal.edited) return ["<hr/>", together];
  const { row, output, outputName, pair, mates } = signal;
  const [kind, shared] = row.mode.split(":");
  const item = (label, change) => ({ label, click: () => { change(); arrange(); } });
  const items = [];
  if (kind === "heat") {
    items.push(item("Draw as separate tracks", () => layout.setHeat(output, false)));
    items.push(shared ? item("A scale for each row", () => layout.setShared(output, false, true)) : item("One scale for all rows", () => layout.setShared(output, true, true)));
    return ["<hr/>", ...items];
  }
  if (kind === "mirrored") items.push(item("Strands in two tracks", () => layout.setApart(row.keys, true)));
  else if (pair) items.push(item("Both strands in one track", () => layout.setApart([...row.keys, pair], false)));
  if (mates > 2) {
    items.push(item(`Draw “${outputName}” as a heat map`, () => layout.setHeat(output, true)));
    items.push(shared ? item("A scale of its own", () => layout.setShared(output, false)) : item(`One scale for all of “${outputName}”`, () => layout.setShared(output, true)));
  }
  return ["<hr/>", ...items, together];
}
