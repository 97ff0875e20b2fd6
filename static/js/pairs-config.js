// What a track of a contact map or of splice junctions is told about its prediction.

import * as api from "./api.js";
import { CONTACT_HEIGHTS, CONTACTS } from "./contact-track.js";
import { ContactLoader } from "./contact-windows.js";
import { creditOf } from "./credit.js";
import { JUNCTION_HEIGHTS, JUNCTIONS } from "./junction-track.js";

/** Type, height and signal of a track whose values do not lie along the sequence. */
export function withoutBins(track, { interval, prediction, own, offset, mode, edited, highest }) {
  const known = { ...track, interval, edited, highest, suffix: own ? ":own" : "" };
  const shift = (place, by) => ({ ...place, start: place.start + by, end: place.end + by });
  if (track.shape === "junctions") {
    const junctions = async (keys) => (await api.junctions(prediction.id, keys)).map((one) => shift(one, -offset));
    return { type: JUNCTIONS, height: JUNCTION_HEIGHTS[mode], signal: { ...known, junctions } };
  }
  const contacts = new ContactLoader(interval, track.resolution, async (key, window) => {
    const map = await api.contacts(prediction.id, key, shift(window, offset));
    return { ...map, start: map.start - offset };
  });
  const csv = (key, { start, width, size }) => api.contactsTable(prediction.id, key, { ...shift({ start, end: start + size * width }, offset), size });
  const height = edited ? CONTACT_HEIGHTS[mode] : undefined;
  return { type: CONTACTS, ...(height ? { height } : {}), signal: { ...known, contacts, csv, credit: creditOf(prediction) } };
}
