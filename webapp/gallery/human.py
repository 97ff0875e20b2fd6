"""Human places. Positions are 1-based; GRCh37's are those of hg19 and of the two chromosomes of hg19-mini."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from webapp.gallery.entry import Entry, Place, Reference

_ALPHAGENOME = Reference("Avsec et al. 2026, Nature", "10.1038/s41586-025-10014-0")
_SATURATION = Reference("Kircher et al. 2019, Nature Communications", "10.1038/s41467-019-11526-w")
_EXPRESSION = ("RNA_SEQ", "CAGE", "DNASE", "ATAC", "CHIP_HISTONE", "CHIP_TF")
_SPLICING = ("SPLICE_SITES", "SPLICE_SITE_USAGE", "SPLICE_JUNCTIONS", "RNA_SEQ")

HUMAN = (
    Entry(
        slug="tal1-mute",
        organism="human",
        gene="TAL1",
        title=_("A few inserted bases switch on TAL1 in leukaemia"),
        story=_(
            "In some T-cell leukaemias a handful of bases is inserted 7.5 kb upstream of TAL1. They make a site for MYB, and "
            "around it a strong enhancer that no healthy T cell has. This is the insertion of the Jurkat cell line. Look at "
            "RNA over TAL1, at open chromatin and at H3K27ac around the insertion, in CD34-positive progenitors."
        ),
        places={
            "hg38": Place("chr1:47200001-47250000", ("chr1:47239296:C>CCGTTTCCTAACC",), "chr1:47,209,255-47,242,023"),
            "hg19": Place("chr1:47665673-47715672", ("chr1:47704968:C>CCGTTTCCTAACC",), "chr1:47,674,927-47,707,695"),
        },
        outputs=("RNA_SEQ", "DNASE", "CHIP_HISTONE"),
        biosample="CL:0001059",
        references=(Reference("Mansour et al. 2014, Science", "10.1126/science.1259037"), _ALPHAGENOME),
    ),
    Entry(
        slug="hbb-ivs1-110",
        organism="human",
        gene="HBB",
        title=_("β-thalassaemia from a new splice site in β-globin"),
        story=_(
            "One changed base in the first intron of β-globin, HBB:c.93-21G>A, makes an AG that is spliced as an acceptor, 19 "
            "bases before the true one. Most transcripts then carry a stop. Look for the acceptor that appears beside that of "
            "exon 2."
        ),
        places={
            "hg38": Place("chr11:5224000-5228500", ("chr11:5226820:C>T",), "chr11:5,226,500-5,227,100"),
            "hg19": Place("chr11:5245230-5249730", ("chr11:5248050:C>T",), "chr11:5,247,730-5,248,330"),
        },
        outputs=_SPLICING,
        references=(Reference("Spritz et al. 1981, PNAS", "10.1073/pnas.78.4.2455"),),
    ),
    Entry(
        slug="ldlr-promoter",
        organism="human",
        gene="LDLR",
        title=_("A promoter that cholesterol regulates: LDLR"),
        story=_(
            "Some hundred bases before the gene of the LDL receptor hold its sterol-responsive element between sites for SP1; "
            "changes there cause familial hypercholesterolaemia. LDLR:c.-152C>T lies in that stretch. Saturate the promoter "
            "to see which bases matter, and compare with the measured effect of nearly every change."
        ),
        places={
            "hg38": Place("chr19:11080000-11100000", ("chr19:11089397:C>T",), "chr19:11,089,200-11,089,700"),
            "hg19": Place("chr19:11190676-11210676", ("chr19:11200073:C>T",), "chr19:11,199,876-11,200,376"),
        },
        outputs=_EXPRESSION,
        references=(_SATURATION,),
    ),
    Entry(
        slug="tert-promoter",
        organism="human",
        gene="TERT",
        title=_("The commonest mutation outside genes: the TERT promoter"),
        story=_(
            "C228T, 124 bp before the start codon of telomerase, is found in melanoma, glioblastoma and bladder cancer. It "
            "makes a site for ETS factors, which GABP uses, and the silent promoter is read again. Look at starts of "
            "transcription and open chromatin."
        ),
        places={
            "hg38": Place("chr5:1285000-1305000", ("chr5:1295113:G>A",), "chr5:1,294,800-1,295,400"),
            "hg19": Place("chr5:1285115-1305115", ("chr5:1295228:G>A",), "chr5:1,294,915-1,295,515"),
        },
        outputs=_EXPRESSION,
        references=(
            Reference("Huang et al. 2013, Science", "10.1126/science.1229259"),
            Reference("Horn et al. 2013, Science", "10.1126/science.1230062"),
            _SATURATION,
        ),
    ),
    Entry(
        slug="smn2-exon-7",
        organism="human",
        gene="SMN2",
        title=_("One silent base decides over exon 7 of SMN2"),
        story=_(
            "SMN1 and SMN2 differ in exon 7 by a base that changes no amino acid, c.840C>T, and yet most transcripts of SMN2 "
            "skip the exon. Whoever lacks SMN1 has spinal muscular atrophy; nusinersen makes SMN2 keep the exon. Here the T "
            "of SMN2 is turned back into C."
        ),
        places={
            "hg38": Place("chr5:70066000-70086000", ("chr5:70076526:T>C",), "chr5:70,076,300-70,076,800"),
            "hg19": Place("chr5:69361827-69381827", ("chr5:69372353:T>C",), "chr5:69,372,127-69,372,627"),
        },
        outputs=_SPLICING,
        references=(Reference("Lorson et al. 1999, PNAS", "10.1073/pnas.96.11.6307"),),
    ),
    Entry(
        slug="cftr-3849-10kb",
        organism="human",
        gene="CFTR",
        title=_("An exon that should not be there: CFTR 3849+10kb C>T"),
        story=_(
            "Deep in an intron of CFTR one base makes a splice donor. With an acceptor 84 bp before it, a stretch of intron "
            "becomes an exon with a stop in it: a mild cystic fibrosis. Look for the new donor, and for the acceptor that "
            "wakes up."
        ),
        places={
            "hg38": Place("chr7:117630000-117650000", ("chr7:117639961:C>T",), "chr7:117,639,800-117,640,100"),
            "hg19": Place("chr7:117270054-117290054", ("chr7:117280015:C>T",), "chr7:117,279,854-117,280,154"),
        },
        outputs=_SPLICING,
        references=(
            Reference("Highsmith et al. 1994, New England Journal of Medicine", "10.1056/NEJM199410133311503"),
        ),
    ),
    Entry(
        slug="dmd-exon-51",
        organism="human",
        gene="DMD",
        title=_("Exon 51 of dystrophin, which drugs make cells skip"),
        story=_(
            "DMD is among the longest human genes: 2.2 million bases, of which 14 kb become RNA. Deletions around exon 51 "
            "shift the reading frame and cause Duchenne muscular dystrophy; skipping exon 51 mends the frame in some. How "
            "well are exons found in so much intron?"
        ),
        places={
            name: Place("chrX:31782001-31802000", look="chrX:31,791,000-31,793,500") for name in ("hg19-mini", "hg19")
        }
        | {"hg38": Place("chrX:31763884-31783883", look="chrX:31,772,883-31,775,383")},
        outputs=_SPLICING,
        references=(Reference("Monaco et al. 1988, Genomics", "10.1016/0888-7543(88)90113-9"),),
    ),
    Entry(
        slug="hnf4a-promoters",
        organism="human",
        gene="HNF4A",
        title=_("Two promoters, two tissues: HNF4A"),
        story=_(
            "Liver starts HNF4A at its promoter P1, the β cells of the pancreas at P2, 46 kb further upstream; mutations of "
            "the gene or of P2 cause maturity-onset diabetes of the young. Compare starts and RNA of liver and pancreas, and "
            "the exons on the way."
        ),
        places={"hg38": Place("chr20:44349361-44437360")}  # from before P2 to behind the last exon
        | {name: Place("chr20:42978001-43066000") for name in ("hg19", "hg19-mini")},
        outputs=("CAGE", "RNA_SEQ", *_SPLICING),
        references=(
            Reference("Yamagata et al. 1996, Nature", "10.1038/384458a0"),
            Reference("Thomas et al. 2001, Human Molecular Genetics", "10.1093/hmg/10.19.2089"),
        ),
    ),
    Entry(
        slug="snap25-exon-5",
        organism="human",
        gene="SNAP25",
        title=_("Either this exon or that one: SNAP25"),
        story=_(
            "SNAP25 is built with one of two versions of exon 5, never with both; the growing brain changes from 5a to 5b. "
            "Look at the two exons side by side, and at what a model without tissues makes of the choice."
        ),
        places={name: Place("SNAP25") for name in ("hg19-mini", "hg38", "hg19")},
        outputs=_SPLICING,
        references=(Reference("Johansson et al. 2008, PLoS Genetics", "10.1371/journal.pgen.1000278"),),
    ),
)
