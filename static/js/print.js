// Before a page goes to paper: details are opened, and what is drawn for the screen's width is made to fit the paper's.

const PAPER = { width: 1020, height: 425, alone: 585 }; // px of A4 across, less its margins and title; `height`: with how it was made, in FACTS rows
const EDITS = 46, FACTS = 4, FACT = 24; // px of the bar of edits; of each row of facts beyond FACTS
const READABLE = 0.6; // what would become smaller has the page to itself
const LEAST = 0.5; // below that nothing can be read; a taller browser goes on over the page

let opened = [];

addEventListener("beforeprint", () => {
  const drawn = document.querySelector(".frame") ?? document.querySelector(".plot");
  const { width, height } = drawn?.getBoundingClientRect() ?? PAPER;
  const bar = document.querySelector("#edits:not([hidden])") ? EDITS : 0;
  const rows = Math.ceil(document.querySelectorAll(".made .facts > div").length / 2);
  const together = (PAPER.height - bar - FACT * Math.max(0, rows - FACTS)) / height;
  const fitting = together < READABLE ? (PAPER.alone - bar) / height : together;
  const zoom = Math.min(1, PAPER.width / width, Math.max(LEAST, fitting));
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
