// The vocabulary that comes from the server's tables in English, in the page's language; and how a value is said. One place, so that
// an output is called the same in every menu. What is not listed (names of tracks, of samples, of proteins) stays as it is.

import { formatValue } from "./bins.js";
import { _, fill, gettext as translated, joined } from "./language.js";
import { formatBp } from "./locus.js";

const gettext_noop = (text) => text; // by this name strings are found for the catalogue

const KNOWN = new Set([
  // outputs
  gettext_noop("Transcription"), gettext_noop("Transcription starts"), gettext_noop("Nascent transcription starts"),
  gettext_noop("Open chromatin, ATAC-seq"), gettext_noop("Open chromatin, DNase-seq"), gettext_noop("Polyadenylation sites"),
  gettext_noop("Nucleosomes"), gettext_noop("Protein binding"), gettext_noop("Histones"), gettext_noop("Splice sites"),
  gettext_noop("Splice site usage"), gettext_noop("Splice junctions"), gettext_noop("Contact maps"),
  // and what they tell
  gettext_noop("RNA abundance, by strand where the assay tells"), gettext_noop("5′ ends of capped transcripts, by strand"),
  gettext_noop("5′ ends of capped RNA that is still being transcribed (PRO-cap), by strand"), gettext_noop("Where a transposase reaches the DNA"),
  gettext_noop("Where DNase I cuts"), gettext_noop("3′ ends of transcripts, by strand"), gettext_noop("Nucleosome dyads and occupancy"),
  gettext_noop("Where transcription factors and the transcription machinery bind"), gettext_noop("Histone marks and variants"),
  gettext_noop("Donors and acceptors of splicing, by strand"),
  gettext_noop("Share of the transcripts across a site that are spliced there, by strand"),
  gettext_noop("Which donor is joined to which acceptor, by strand"), gettext_noop("How often two places of the chromosome touch"),
  // units
  gettext_noop("normalised read signal"), gettext_noop("normalised insertion signal"), gettext_noop("nucleosome score"),
  gettext_noop("fold change over control, summed over 128 bp"), gettext_noop("probability"), gettext_noop("fraction"),
  gettext_noop("normalised junction reads"), gettext_noop("log fold over what the distance lets expect"),
  gettext_noop("TPM over transcript boxes"), gettext_noop("FPKM over transcript boxes"), gettext_noop("5′ ends per base"),
  gettext_noop("annotated 3′ ends per base"), gettext_noop("calls over a base"), gettext_noop("dyads per base"),
  gettext_noop("binding events per 128 bp"), gettext_noop("annotated introns"),
  // sets of tracks
  gettext_noop("Everything at this promoter"), gettext_noop("Starts, transcripts, open chromatin, nucleosomes, histones and proteins"),
  gettext_noop("Transcripts, their starts and their ends, by strand"), gettext_noop("Splicing"),
  gettext_noop("Splice sites, their usage, junctions, and the transcripts"), gettext_noop("Binding"), gettext_noop("Proteins and histone marks on the DNA"),
  // what tracks of the packaged model tell
  gettext_noop("Transcript units drawn as boxes at their mean expression; box coverage, not read coverage"),
  gettext_noop("5′ ends of transcripts in rich medium (YPD), reads summed over three replicates"),
  gettext_noop("5′ ends of transcripts in oxidative stress (diamide), reads summed over three replicates"),
  gettext_noop("One 3′ end per gene: SGD's 3′ UTR, or the end of its transcript unit where SGD has none"),
  gettext_noop("Scores of the unique dyads, each over its 147 bp"), gettext_noop("Scores of the unique dyads, each spread over 21 bp"),
  gettext_noop("Called nucleosomes, 147 bp around each centre"), gettext_noop("First nucleosome of each gene, its dyad spread over 21 bp"),
  gettext_noop("Last base of the exon before an intron; learnt from 215 introns, a demonstration"),
  gettext_noop("First base of the exon after; learnt from 215 introns, a demonstration"),
  gettext_noop("Donor joined to acceptor; learnt from 215 introns, a demonstration"),
  gettext_noop("Log of contacts observed over expected at the distance; another strain than the reference's"),
  gettext_noop("sequence-specific TF (by name)"), gettext_noop("other / unassigned"), gettext_noop("Elongation (Spt4/5/6, Paf1, FACT, THO)"),
  gettext_noop("3-end processing / termination"), gettext_noop("Pol II CTD modification"), gettext_noop("Set1/Set2/Dot1/histone PTM enzyme"),
  gettext_noop("Histone / variant"), gettext_noop("Cohesin/condensin/centromere"), gettext_noop("SAGA/TFIID shared"), gettext_noop("Replication / ORC / MCM"),
  gettext_noop("RNA-seq, rRNA-depleted"), gettext_noop("annotation of 3′ ends"), gettext_noop("chemical mapping"), gettext_noop("nucleosome calls (DANPOS)"),
  gettext_noop("annotation of +1 nucleosomes"), gettext_noop("annotation of introns"),
  // kinds of samples
  gettext_noop("cell line"), gettext_noop("primary cell"), gettext_noop("tissue"), gettext_noop("in vitro differentiated cells"),
  gettext_noop("organoid"), gettext_noop("whole organisms"),
  // annotation, and its kinds of genes and features
  gettext_noop("Genes"),
  gettext_noop("protein-coding"), gettext_noop("centromere"), gettext_noop("telomere"),
  // what a worker does
  gettext_noop("starting"), gettext_noop("loading the model"), gettext_noop("encoder"), gettext_noop("transformer"), gettext_noop("decoder"),
  gettext_noop("waiting for Google's service"), gettext_noop("receiving"), gettext_noop("waiting for Google's service, edited"), gettext_noop("receiving, edited"),
  gettext_noop("storing"), gettext_noop("scoring"), gettext_noop("done"),
  gettext_noop("encoder, edited"), gettext_noop("transformer, edited"), gettext_noop("decoder, edited"), gettext_noop("done, edited"),
  // what a skill is measured by and against
  gettext_noop("Stratum-adjusted correlation"), gettext_noop("Pearson, 128 bp"), gettext_noop("matrix"), gettext_noop("distance"),
  gettext_noop("6-mers"), gettext_noop("GC"), gettext_noop("motif"),
  // of scores
  gettext_noop("score"), gettext_noop("log2 fold"),
]);

/** A word or sentence of the server's tables in the page's language. */
export function term(text) {
  if (KNOWN.has(text)) return translated(text);
  const replicates = /^(.*), (\d+) replicates$/.exec(text ?? "");
  if (replicates) return fill(_("%(assay)s, %(count)s replicates"), { assay: replicates[1], count: replicates[2] });
  const events = /^(.*): ([\d,]+) binding events in the genome$/.exec(text ?? "");
  if (events) return fill(_("%(what)s: %(count)s binding events in the genome"), { what: term(events[1]), count: events[2] });
  return text ?? "";
}

/** How and in what a track was measured. */
export function assayText({ assay, biosample }) { return joined([term(assay), biosample]); }

/** 1 bp, or 128 bp bins. */
export function resolutionText(resolution) {
  return resolution === 1 ? "1 bp" : fill(_("%(width)s bins"), { width: formatBp(resolution) });
}

/** "12 reads, mean of 64 bp"; `width` bp of the bin that holds the value. */
export function valueText({ unit, summary, resolution }, value, width) {
  const said = { value: formatValue(value), unit: term(unit), width: formatBp(width) };
  if (!(width > resolution)) return `${said.value} ${said.unit}`;
  return summary === "max" ? fill(_("%(value)s %(unit)s, max of %(width)s"), said) : fill(_("%(value)s %(unit)s, mean of %(width)s"), said);
}

/** What was measured of a track's skill on chromosomes that the model never saw: "Pearson r 0.81 (0.78 to 0.84)". */
export function skillText({ measure, value, low, high, prevalence, baseline, baseline_value: other }) {
  const said = {
    measure: measure.startsWith("AP") ? measure.replace("AP", _("average precision")) : term(measure), value: value.toFixed(2), low: low.toFixed(2), high: high.toFixed(2),
  };
  const range = measure.startsWith("AP")
    ? fill(_("%(measure)s %(value)s (%(low)s to %(high)s, by chance %(chance)s)"), { ...said, chance: prevalence.toPrecision(1) })
    : fill(_("%(measure)s %(value)s (%(low)s to %(high)s)"), said);
  return baseline ? fill(_("%(skill)s; %(baseline)s alone %(value)s"), { skill: range, baseline: term(baseline), value: other.toFixed(2) }) : range;
}
