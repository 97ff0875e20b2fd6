// Waiting for the screen.

const LONGEST_MS = 500; // a page in the background is not painted

/** Until what was drawn so far can be seen. */
export function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done)); // a frame's callbacks run before it is painted
    setTimeout(done, LONGEST_MS);
  });
}
