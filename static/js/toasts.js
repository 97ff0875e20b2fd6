// Short notes at the edge of the page: what has happened, and a way to take it back.

const SHOWN_MS = 8000;

/** Say a sentence; `undo`: {text, run} of a button. */
export function toast(sentence, undo = null) {
  const box = document.createElement("div");
  box.className = "toast";
  box.append(Object.assign(document.createElement("span"), { textContent: sentence }));
  const timer = setTimeout(() => box.remove(), SHOWN_MS);
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: undo.text });
    button.addEventListener("click", () => {
      clearTimeout(timer);
      box.remove();
      undo.run();
    });
    box.append(button);
  }
  // While a dialog is open, all outside it cannot be reached.
  (document.querySelector("dialog[open] .toasts") ?? document.getElementById("toasts")).append(box);
}
