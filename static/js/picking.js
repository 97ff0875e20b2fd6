// Which base was clicked: igv.js tells it for features only, so the sequence track's own clicks are read off its canvas.

const CLEAR = 1 / 4; // bases per pixel at which single bases can be told apart
const STILL = 4; // px; farther is a drag
const CLOSE_BP = 80; // shown when a click came from too far away

/** onPick(chromosome, position, {x, y}) for a click on the sequence; from far away the view comes closer first. */
export function pickBases(browser, onPick, goTo) {
  const root = browser.root ?? browser.columnContainer;
  let from = null;
  root.addEventListener("mousedown", (event) => { from = { x: event.clientX, y: event.clientY }; }, true);
  root.addEventListener("click", async (event) => {
    if (!from || event.button !== 0 || Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) return;
    const viewport = viewportAt(browser, event);
    if (!viewport) return;
    const frame = viewport.referenceFrame;
    const left = viewport.viewportElement.getBoundingClientRect().left;
    const position = Math.floor(frame.start + (event.clientX - left) * frame.bpPerPixel);
    if (position < 0) return;
    const point = { x: event.clientX, y: event.clientY };
    if (frame.bpPerPixel > CLEAR) {
      const start = Math.max(0, position - CLOSE_BP / 2);
      await goTo({ chromosome: frame.chr, start, end: start + CLOSE_BP });
    }
    onPick(frame.chr, position, point);
  });
}

function viewportAt(browser, event) {
  const path = event.composedPath();
  for (const view of browser.trackViews) {
    if (view.track.type !== "sequence") continue;
    const hit = view.viewports.find((viewport) => path.includes(viewport.viewportElement));
    if (hit) return hit;
  }
  return null;
}
