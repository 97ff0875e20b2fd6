// igv.js speaks English only: what its menus and dialogs say is exchanged as they are put on the page. Sentences that it makes of
// parts, such as the reasons of a failed load, stay as they are.

import { _ } from "./language.js";

const SAID = () => ({
  "Set track name": _("Set track name"), "Set track height": _("Set track height"), "Set track color": _("Set track colour"),
  "Unset track color": _("Usual track colour"), "Set alt color": _("Set colour of the reverse strand"), "Unset alt color": _("Usual colour of the reverse strand"),
  "Remove track": _("Remove track"), "Remove tracks": _("Remove tracks"), "Set visibility window": _("Set visibility window"),
  "Set data range": _("Set data range"), "Set color scale": _("Set colour scale"), Autoscale: _("Autoscale"), "Group autoscale": _("One scale for these tracks"),
  "Log scale": _("Log scale"), "Flip y-axis": _("Flip the vertical axis"), "Overlay Tracks": _("Overlay tracks"), "Separate tracks": _("Separate tracks"),
  "Display mode:": _("Display mode:"), Collapse: _("Collapse"), Squish: _("Squish"), Expand: _("Expand"), Reverse: _("Reverse"),
  "Three-frame Translate": _("Three-frame translation"), "Track Name": _("Track name"), "Track Height": _("Track height"), "Row Height": _("Row height"),
  "Set row height": _("Set row height"), Minimum: _("Minimum"), Maximum: _("Maximum"), OK: _("OK"), Cancel: _("Cancel"), Close: _("Close"), Delete: _("Delete"),
  "More Colors ...": _("More colours …"), "Type a color name or hex value": _("Type a colour's name or hex value"),
  "View feature sequence": _("View feature sequence"), "Copy feature sequence": _("Copy feature sequence"), "Copy visible sequence": _("Copy visible sequence"),
  "View visible sequence...": _("View visible sequence …"), "View visible sequence (reversed)...": _("View visible sequence (reversed) …"),
  "Copy reference sequence": _("Copy reference sequence"), "Copy Sequence": _("Copy the sequence"), "Set description ...": _("Set description …"),
  "Set transparency": _("Set transparency"), Transparency: _("Transparency"), "Save Image (SVG)": _("Save image (SVG)"), "Save Image (PNG)": _("Save image (PNG)"),
  "Zoom in to see features": _("Zoom in to see features"), Description: _("Description"), Unlabeled: _("Unlabelled"),
});

/** In the page's language from now on; `root`: of igv.js's elements. In English nothing is done. */
export function speak(root) {
  if (!globalThis.gettext) return;
  const said = SAID();
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) exchange(node, said);
  }).observe(root, { childList: true, subtree: true });
  for (const node of root.childNodes) exchange(node, said);
}

function exchange(node, said) {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = node.data.trim();
    if (Object.hasOwn(said, text)) node.data = said[text];
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "canvas" || node.localName === "style" || node.localName === "svg") return;
  for (const name of ["placeholder", "title"]) {
    const text = node.getAttribute(name);
    if (text && Object.hasOwn(said, text)) node.setAttribute(name, said[text]);
  }
  for (const child of node.childNodes) exchange(child, said);
}
