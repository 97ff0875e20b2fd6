// Before a page goes to paper: details are opened, and what is drawn for the screen's width is made to fit the paper's.

const PAPER = { width: 1020, height: 425 }; // px of A4 across, less its margins, the title and how it was made
const LEAST = 0.5; // below that nothing can be read; a taller browser goes on over the page

let opened = [];

addEventListener("beforeprint", () => {
  const drawn = document.querySelector(".frame") ?? document.querySelector(".plot");
  const { width, height } = drawn?.getBoundingClientRect() ?? PAPER;
  const zoom = Math.min(1, PAPER.width / width, Math.max(LEAST, PAPER.height / height));
  document.documentElement.style.setProperty("--print-zoom", zoom.toFixed(4));
  document.documentElement.style.setProperty("--print-width", `${width}px`); // its canvases stay as wide as they are
  opened = [...document.querySelectorAll("details.made:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const name of ["--print-zoom", "--print-width"]) document.documentElement.style.removeProperty(name);
  for (const details of opened) details.open = false;
  opened = [];
});
