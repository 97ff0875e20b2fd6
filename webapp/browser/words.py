"""Words of the models' own tables that pages say by `translate`; named here so that the catalogue has them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

UNITS = (
    gettext_noop("TPM over transcript boxes"),
    gettext_noop("FPKM over transcript boxes"),
    gettext_noop("5′ ends per base"),
    gettext_noop("annotated 3′ ends per base"),
    gettext_noop("calls over a base"),
    gettext_noop("dyads per base"),
    gettext_noop("binding events per 128 bp"),
    gettext_noop("annotated introns"),
)
MEASURES = (
    gettext_noop("Stratum-adjusted correlation"),
    gettext_noop("Pearson, 128 bp"),
    gettext_noop("AP"),
    gettext_noop("matrix"),
    gettext_noop("distance"),
    gettext_noop("6-mers"),
    gettext_noop("GC"),
    gettext_noop("motif"),
)
