// Text that people read (1-based, inclusive) and coordinates inside (0-based, half-open). The only +-1 of the scripts.

const FLANK_BP = 2000; // as the server shows a gene

/** "chrII:269,313-285,696" to {chromosome, start, end}, or null. */
export function parseLocus(text) {
  const match = /^\s*([^\s:]+):([\d,]+)-([\d,]+)\s*$/.exec(text);
  if (!match) return null;
  const [start, end] = [match[2], match[3]].map((digits) => Number(digits.replaceAll(",", "")));
  return start >= 1 && end >= start ? { chromosome: match[1], start: start - 1, end } : null;
}

/** {chromosome, start, end} to "chrII:269,313-285,696". */
export function formatLocus({ chromosome, start, end }) {
  const first = Math.max(0, Math.floor(start)) + 1;
  return `${chromosome}:${group(first)}-${group(Math.max(first, Math.floor(end)))}`;
}

/** A feature with room on either side; the start is kept on the chromosome, the end is the caller's to cut. */
export function flanked({ chromosome, start, end }) {
  return { chromosome, start: Math.max(0, start - FLANK_BP), end: end + FLANK_BP };
}

/** 0-based position as a person reads it. */
export function formatPosition(position) {
  return group(Math.floor(position) + 1);
}

/** 12,345 bp */
export function formatBp(bp) {
  return `${group(Math.round(bp))} bp`;
}

/** 12,345: by hand, since a browser takes tens of milliseconds to make its first toLocaleString ready. */
export function group(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
