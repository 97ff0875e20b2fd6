"""Places of baker's yeast. What is said of the packaged model was read off its predictions (version 4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from webapp.gallery.entry import Entry, Place, Reference

_GENOME = "sacCer3"
_STARTS = ("tss_ypd_plus", "tss_ypd_minus")
_RNA = ("rna_wt_plus", "rna_wt_minus")
_SPLICING = ("donor_plus", "acceptor_plus", "junctions_plus", *_RNA)
_MODELS = ("yeast",)

YEAST = (
    Entry(
        slug="gal1-gal10",
        organism="yeast",
        gene="GAL1, GAL10",
        title=_("The switch in every textbook: GAL1 and GAL10"),
        story=_(
            "Two genes leave one promoter in opposite directions; four sites for Gal4 between them switch both on a "
            "thousandfold in galactose. The packaged model has only seen cells in glucose: it gives them half of POA1's RNA or "
            "less, and half the TBP of FUR4's promoter. How much RNA exactly its two members do not agree on: look at the band."
        ),
        places={_GENOME: Place("chrII:270001-286384", look="chrII:276,000-281,000")},
        outputs=("RNA_SEQ", "CAGE", "NUCLEOSOME", "CHIP_TF"),
        tracks=(*_RNA, *_STARTS, "nucleosome_occupancy", "chip_spt15", "chip_sua7"),
        references=(Reference("Johnston 1987, Microbiological Reviews", "10.1128/mr.51.4.458-476.1987"),),
        models=_MODELS,
    ),
    Entry(
        slug="tpi1-tata",
        organism="yeast",
        gene="TPI1",
        title=_("Break a TATA box: TPI1"),
        story=_(
            "The promoter of triose-phosphate isomerase has a classical TATA box. One base of it is changed here; watch TBP "
            "(Spt15) and the starts of transcription, first as reference and edited, then as their difference. Then click any "
            "base and change it yourself."
        ),
        places={_GENOME: Place("chrIV:548481-564864", ("chrIV:556673:T>G",), "chrIV:556,300-557,000")},
        outputs=("CAGE", "RNA_SEQ", "CHIP_TF"),
        tracks=(*_RNA, *_STARTS, "chip_spt15", "chip_sua7"),
        references=(
            Reference("Basehoar et al. 2004, Cell", "10.1016/S0092-8674(04)00205-3"),
            Reference("Rossi et al. 2021, Nature", "10.1038/s41586-021-03314-8"),
        ),
        models=_MODELS,
    ),
    Entry(
        slug="ho",
        organism="yeast",
        gene="HO",
        title=_("A promoter longer than its gene needs: HO"),
        story=_(
            "HO cuts DNA so that a mother cell changes its mating type. More than a kilobase of promoter counts the cell's "
            "history: Swi5 first, then SWI/SNF and SAGA, then SBF. The model puts the most Swi3 of the neighbourhood 1.1 kb "
            "before the gene, though very little of it: cells that are not in step show such a switch only as an average."
        ),
        places={_GENOME: Place("chrIV:40961-57344", look="chrIV:45,500-51,000")},
        outputs=("RNA_SEQ", "CHIP_TF", "NUCLEOSOME"),
        tracks=("rna_wt_minus", "rna_snf2_minus", "tss_ypd_minus", "nucleosome_occupancy", "chip_snf2", "chip_swi3"),
        references=(Reference("Cosma, Tanaka and Nasmyth 1999, Cell", "10.1016/S0092-8674(00)80740-0"),),
        models=_MODELS,
    ),
    Entry(
        slug="cup1",
        organism="yeast",
        gene="CUP1-1, CUP1-2",
        title=_("Copper resistance by copies: CUP1"),
        story=_(
            "CUP1 binds copper, and strains that live with more copper have more copies of it in a row; the reference shows "
            "two of them, 2 kb apart. A model that reads sequence should say nearly the same of both; look how nearly it "
            "does."
        ),
        places={_GENOME: Place("chrVIII:205825-222208", look="chrVIII:211,500-216,500")},
        outputs=("RNA_SEQ", "CAGE", "NUCLEOSOME"),
        tracks=("rna_wt_minus", "tss_ypd_minus", "tss_diamide_minus", "nucleosome_occupancy", "chip_spt15"),
        references=(
            Reference("Fogel and Welch 1982, PNAS", "10.1073/pnas.79.17.5342"),
            Reference("Karin et al. 1984, PNAS", "10.1073/pnas.81.2.337"),
        ),
        models=_MODELS,
    ),
    Entry(
        slug="snr38",
        organism="yeast",
        gene="TEF4, snR38",
        title=_("A gene inside an intron: snR38 in TEF4"),
        story=_(
            "The intron of TEF4 is no waste: from it comes snR38, which guides a methylation of ribosomal RNA. This "
            "chromosome was held out from training. One of the model's two members finds the donor and the other the "
            "acceptor, both weakly, since splicing was learnt from 215 introns only; together they draw the right junction."
        ),
        places={_GENOME: Place("chrXI:275329-291712", look="chrXI:282,800-283,600")},
        outputs=("SPLICE_SITES", "RNA_SEQ"),
        tracks=_SPLICING,
        references=(Reference("Giorgi et al. 2001, EMBO Journal", "10.1093/emboj/20.23.6856"),),
        models=_MODELS,
    ),
    Entry(
        slug="rpl33a",
        organism="yeast",
        gene="RPL33A",
        title=_("An intron found on a chromosome never seen: RPL33A"),
        story=_(
            "Most yeast genes have no intron, but many genes of ribosomal proteins do. Here donor, acceptor and junction are "
            "predicted on a chromosome that was held out from training, and Rap1 at the promoter."
        ),
        places={_GENOME: Place("chrXVI:274433-290816", look="chrXVI:281,300-283,200")},
        outputs=("SPLICE_SITES", "SPLICE_JUNCTIONS", "RNA_SEQ", "CHIP_TF"),
        tracks=(*_SPLICING, "chip_rap1"),
        references=(Reference("Spingola et al. 1999, RNA", "10.1017/S1355838299981682"),),
        models=_MODELS,
    ),
)
