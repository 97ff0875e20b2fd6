// What igv.js is told about its place in our page: swipes, type, and that nothing leaves this machine.

/** igv.js takes every touch for itself; up and down belong to the page. */
export function letSwipesScroll(frame) {
  let from = null;
  frame.addEventListener("touchstart", (event) => { from = event.touches[0]; }, { capture: true, passive: true });
  frame.addEventListener("touchmove", (event) => {
    const to = event.touches[0];
    if (from && Math.abs(to.clientY - from.clientY) > Math.abs(to.clientX - from.clientX)) event.stopPropagation();
  }, { capture: true, passive: true });
}

/** Without the sequence track's offer to send its bases to a search elsewhere. */
export function keepBasesHere(browser) {
  for (const track of browser.findTracks((track) => track.type === "sequence")) {
    const items = track.contextMenuItemList.bind(track);
    track.contextMenuItemList = (click) => items(click)?.filter(({ label }) => !label?.startsWith?.("BLAT"));
  }
}

/** igv.js reads a row's name as markup; a file may be called anything. */
export function nameLiterally(browser) {
  let kind = browser.trackViews.find(({ track }) => track.type === "sequence")?.viewports[0];
  while (kind && !Object.hasOwn(kind, "setTrackLabel")) kind = Object.getPrototypeOf(kind);
  if (!kind) return;
  kind.setTrackLabel = function setTrackLabel(name) {
    this.trackLabelElement.textContent = name;
    this.trackLabelElement.title = name;
  };
}

/** A row may go while it is dragged. Touches end at the element where they began, even if that is gone from the page by then, and
 *  igv.js would read fields that it has emptied. */
export function letGoOfRemoved(browser) {
  const remove = browser._removeTrack; // which all ways of removing a row take
  browser._removeTrack = (track) => {
    const viewports = track.trackView?.viewports ?? [];
    if (viewports.includes(browser.vpMouseDown?.viewport)) browser.cancelTrackPan();
    for (const { viewportElement } of viewports) {
      for (const type of ["mouseup", "touchend"]) viewportElement.addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true });
    }
    return remove.call(browser, track);
  };
}

/** igv.js lives in a shadow root; this is how our type and quieter handles get in. Its white text for dark systems would be white on
 * white: the page darkens it as a whole. */
export function restyle(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .igv-container { color: #17212b; color-scheme: light; font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    .igv-track-label { border: 0; border-radius: 4px; background: rgb(255 255 255 / 84%); color: #17212b; font-size: 12px;
      font-weight: 600; padding: 1px 6px; box-shadow: 0 0 0 1px rgb(20 40 50 / 8%); font-family: inherit; }
    @media (max-width: 720px) { /* the whole name, in two lines if need be; a tap tells more */
      .igv-track-label { max-width: calc(100% - 20px); font-size: 10.5px; line-height: 1.2; white-space: normal; text-align: left; overflow-wrap: anywhere;
        top: 3px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
    }
    .igv-ui-popover { max-width: min(380px, 90vw); }
    .igv-ui-popover > div:last-child, .igv-ui-popover > div:last-child div { white-space: normal; }
    .igv-track-drag-column .igv-track-drag-handle-color { background-color: #e3e8ea; }
    .igv-gear-menu-column svg { color: #93a0a8; }
    @media print { .igv-ui-popover, .igv-gear-menu-column, .igv-track-drag-column, .igv-scrollbar-column { visibility: hidden; } }
  `);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
