// Many rows at once. igv.js measures every part of a row as soon as it has made it, and each time the browser lays the page out
// anew: with twenty rows longer than all else before the first draw. Out of sight there is nothing to lay out.

/** As `browser.loadTrackList(configs)`. Of our own kinds of tracks, which are made without waiting: what waits would be seen to be gone. */
export async function buildRows(browser, configs) {
  if (!configs.length) return browser.loadTrackList(configs);
  const { columnContainer } = browser;
  const frame = columnContainer.getRootNode().host;
  const before = new Set(browser.trackViews);
  const [width, axis] = [browser.calculateViewportWidth(browser.referenceFrameList.length), columnContainer.querySelector(".igv-axis-column")?.clientWidth ?? 0];
  frame.style.minHeight = `${frame.offsetHeight}px`; // the page keeps its length, hence its place
  browser.calculateViewportWidth = () => width;
  browser.reorderTracks = () => { // by which igv.js begins to put the new rows in place
    show();
    for (const view of browser.trackViews) if (!before.has(view) && view.axisCanvas) view.resizeAxisCanvas(axis, view.track.height);
    return browser.reorderTracks();
  };
  columnContainer.style.display = "none";
  try {
    return await browser.loadTrackList(configs);
  } finally {
    show();
  }

  function show() {
    if (!Object.hasOwn(browser, "reorderTracks")) return;
    delete browser.reorderTracks;
    delete browser.calculateViewportWidth;
    columnContainer.style.display = frame.style.minHeight = "";
  }
}
