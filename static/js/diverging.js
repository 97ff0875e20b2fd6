// Colours around zero that people with any colour vision tell apart: orange is more, purple less; of a change blue and red.

const CONTACTS = ["#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#c65102"];
const CHANGE = ["#b3302a", "#e6a9a5", "#f7f7f7", "#9dbde0", "#1d62a8"];
export const STEPS = 32; // on either side of zero

/** [colour] of 2 * STEPS + 1 steps. */
function ramp(nodes) {
  const parts = nodes.map((node) => [1, 3, 5].map((at) => parseInt(node.slice(at, at + 2), 16)));
  return Array.from({ length: 2 * STEPS + 1 }, (_, step) => {
    const at = (step / (2 * STEPS)) * (nodes.length - 1);
    const low = Math.min(Math.floor(at), nodes.length - 2);
    const mixed = parts[low].map((part, channel) => Math.round(part + (parts[low + 1][channel] - part) * (at - low)));
    return `rgb(${mixed.join(",")})`;
  });
}

export const CONTACT_COLOURS = ramp(CONTACTS);
export const CHANGE_COLOURS = ramp(CHANGE);

/** Which step a value has where colours end at ±end. */
export function stepOf(value, end) {
  return Math.round((Math.min(1, Math.max(-1, value / end)) + 1) * STEPS);
}

/** As Plotly takes it. */
export function plotlyScale(colours) {
  return colours.map((colour, step) => [step / (colours.length - 1), colour]);
}
