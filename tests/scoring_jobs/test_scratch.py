import random
import resource
import time

import pytest

from predictor.api import Interval
from webapp.loci.genome import AssemblyGenome
from webapp.loci.loading import load_yeast
from webapp.loci.models import Assembly
from webapp.scoring.specs import parse_score_spec
from webapp.scoring.submit import Upload, submit


def vcf(genome, n, broken, seed=1):
    rng = random.Random(seed)
    names = list(genome.lengths)
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for i in range(n):
        c = rng.choices(names, [genome.lengths[x] for x in names])[0]
        p = rng.randrange(100, genome.lengths[c] - 100)
        kind = rng.random()
        if kind < 0.9:
            ref = genome.fetch(Interval(c, p, p + 1))
            alt = rng.choice([b for b in "ACGT" if b != ref])
        elif kind < 0.95:
            k = rng.randrange(1, 8)
            ref = genome.fetch(Interval(c, p, p + 1 + k))
            alt = ref[0]
        else:
            ref = genome.fetch(Interval(c, p, p + 1))
            alt = ref + "".join(rng.choices("ACGT", k=rng.randrange(1, 8)))
        lines.append(f"{c}\t{p + 1}\tv{i}\t{ref}\t{alt}\t.\t.\t.")
    for k in range(broken):
        at = 2 + rng.randrange(n)
        f = lines[at].split("\t")
        f = [
            [f[0] + "Z", *f[1:]],
            [f[0], "99999999", *f[2:]],
            [*f[:3], "ACGTACGTAC", *f[4:]],
            [*f[:4], "<DEL>", *f[5:]],
            f[:3],
        ][k % 5]
        lines[at] = "\t".join(f)
    return "\n".join(lines) + "\n"


@pytest.mark.django_db
def test_submit():
    load_yeast(print)
    a = Assembly.objects.get()
    g = AssemblyGenome(a)
    data = vcf(g, 10_000, 20).encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    t = time.perf_counter()
    job, _ = submit(parse_score_spec({}, with_file=True), "", Upload("x.vcf", data))
    print(
        "submit",
        time.perf_counter() - t,
        "MB",
        before / 1024,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(job.total, job.bad, len(job.columns))
    return
    import cProfile
    import pstats

    pr = cProfile.Profile()
    pr.enable()
    submit(parse_score_spec({"name": "b"}, with_file=True), "", Upload("x.vcf", data))
    pr.disable()
    pstats.Stats(pr).sort_stats("cumtime").print_stats(28)
    for r in job.rows.filter(start=None)[:20]:
        print(r.number, r.error)
