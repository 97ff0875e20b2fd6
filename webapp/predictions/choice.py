"""Which model answers: the one that is named, else the installation's own, else one that was made for the genome."""

from __future__ import annotations

import logging

from django.conf import settings

from predictor.api import DomainError, ModelInfo, model_info, model_names
from webapp.hosted.services import is_known, refusal
from webapp.loci.models import Assembly
from webapp.loci.services import build_of, get_assembly
from webapp.predictions.installable import INSTALLABLE

logger = logging.getLogger(__name__)


def fits(model: ModelInfo, genome: str) -> bool:
    """Whether it was made for this genome; a part of one, as hg19-mini, is as good as the whole."""
    return genome in model.genomes or build_of(genome) in model.genomes


def models_for(genome: str | None) -> list[ModelInfo]:
    """Installed models that fit a genome, of a pasted sequence (None) all; the installation's own first."""
    names = sorted(model_names(), key=lambda name: (name != settings.MODEL, name))
    return [model for model in map(_readable, names) if model and (genome is None or fits(model, genome))]


def _readable(name: str) -> ModelInfo | None:
    try:
        return model_info(name)
    except DomainError as error:  # damaged, or being replaced; the others are still there
        logger.warning("model %s: %s", name, error)
        return None


def choose_model(name: str | None, genome: str | None) -> ModelInfo:
    """Of a request. Raises DomainError `unknown_model` (404), for a genome that is installed `no_model` (409)."""
    if name:
        return _named(name)
    if not genome:
        return model_info(settings.MODEL)
    assembly = get_assembly(genome).name
    if found := models_for(assembly):
        return found[0]
    raise no_model(assembly)


def _named(name: str) -> ModelInfo:
    try:
        return model_info(name)
    except DomainError as unknown:
        if is_known(name):
            raise refusal(name) from None
        if not any(name in one.models for one in INSTALLABLE):
            raise
        command = next(one.command for one in INSTALLABLE if name in one.models)
        raise DomainError(
            unknown.code,
            f"The model “{name}” is not installed here; “{command}” installs it.",
            status=unknown.status,
            suggestions=unknown.suggestions,
        ) from None


def no_model(genome: str) -> DomainError:
    """Of a genome that no installed model fits: `no_model` (409), with the commands that bring one."""
    commands = [one.command for one in INSTALLABLE if build_of(genome) in one.genomes]
    if not commands:
        return DomainError(
            "no_model",
            f"No model here was made for {genome}; a pasted sequence can be given to any of them.",
            status=409,
        )
    first, *others = commands
    if not others:
        return DomainError("no_model", f"No model here was made for {genome}; “{first}” installs one.", status=409)
    second = others[0]
    return DomainError(
        "no_model", f"No model here was made for {genome}; “{first}” or “{second}” installs one.", status=409
    )


def assembly_for(model: ModelInfo, genome: str | None) -> Assembly:
    """The genome asked for, by default the first of the model's own that is installed. Raises DomainError `unknown_genome` (404)
    or `wrong_genome`."""
    if not genome:
        there = {assembly.name: assembly for assembly in Assembly.objects.all()}
        mine = [there[name] for name in model.genomes if name in there]
        mine += [one for name, one in sorted(there.items()) if fits(model, name)]
        return mine[0] if mine else get_assembly(model.genomes[0])
    assembly = get_assembly(genome)
    if not fits(model, assembly.name):
        raise DomainError(
            "wrong_genome",
            f"The model “{model.name}” was made for {', '.join(model.genomes)}, not for {assembly.name}.",
            suggestions=tuple(one.name for one in models_for(assembly.name)),
        )
    return assembly
