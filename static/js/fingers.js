// A touch ends at the element where it began, even if that is gone from the page by then: igv.js would read fields of a row that it
// has emptied, and go on dragging.

let down = 0;
const waiting = [];

for (const type of ["touchstart", "touchend", "touchcancel"]) {
  addEventListener(type, ({ touches }) => {
    down = touches.length;
    if (!down) for (const go of waiting.splice(0)) setTimeout(go); // after all who hear of this touch
  }, { capture: true, passive: true });
}

/** Resolves as soon as no finger is on the page. */
export function fingersUp() { return down ? new Promise((resolve) => { waiting.push(resolve); }) : Promise.resolve(); }
