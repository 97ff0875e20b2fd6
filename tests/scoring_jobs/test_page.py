"""The page of a job, where it needs no browser."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.scoring_jobs.making import asked, notation
from webapp.loci.models import Assembly

pytestmark = pytest.mark.django_db


def test_a_job_of_a_genome_that_was_removed_says_so(client: Client, genome: Assembly) -> None:
    job = asked(variants=[notation(genome, 10_001)])
    assert client.get(f"/s/{job.id}").status_code == 200
    genome.delete()
    answer = client.get(f"/s/{job.id}")
    assert answer.status_code == 404
    assert "genome" in answer.content.decode()
