"""From a folder or a manifest to the jobs of a batch; what makes no sense is refused before any work starts."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from symline.batch.check import check
from symline.batch.discover import discover
from symline.batch.entry import Entry, Inputs
from symline.batch.job import RECORD, Job, Member, Product
from symline.batch.manifest import read_manifest
from symline.batch.overrides import Overrides, Settled
from symline.batch.own_files import is_own
from symline.batch.patterns import Patterns
from symline.batch.precedence import Chain, Tables, combine
from symline.batch.shard import Shard, take_share
from symline.config import Config
from symline.errors import ConfigError
from symline.files.formats import FORMATS
from symline.files.names import printable
from symline.files.report.thumbnails import ENDING, FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made of every input, and how.

    Parameters
    ----------
    products
        What to make.
    file
        What a configuration file says, which overrides the defaults only.
    chain, settings
        What the command line says about the configuration, as in `symline.batch.precedence`.
    reading
        Fields of `Reading` that the command line gives; those left to their defaults are not among them.
    patterns
        Which files of a folder are inputs.
    shard
        Which of them to work on; None for all.
    overwrite
        Whether results that are there already are made again.
    """

    products: tuple[Product, ...]
    file: Tables = field(default_factory=dict)
    chain: Chain = field(default_factory=Chain)
    settings: Sequence[tuple[str, str, Any]] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    patterns: Patterns = field(default_factory=Patterns)
    shard: Shard | None = None
    overwrite: bool = False

    def configure(self, own: Sequence[Tables] = ()) -> Config:
        """The configuration in a folder, from the tables of the `symline.toml` that hold there, outermost first; raises ConfigError."""
        return combine((self.file, *own), self.chain, self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a batch does.

    Parameters
    ----------
    jobs
        Those of the shard.
    config
        The configuration of inputs whose folders say nothing else.
    overrides
        The files in which folders do, of all shards.
    inputs_sha256
        Digest of the inputs of all shards and of what holds for each: no two batches have the same, wherever their files are.
    notes
        What was left out, and why.
    unreadable
        Folders that could not be searched, so that inputs may be missing, and why.
    """

    jobs: tuple[Job, ...]
    config: Config
    overrides: tuple[str, ...]
    inputs_sha256: str
    notes: tuple[str, ...]
    unreadable: tuple[str, ...] = ()


def plan(source: Path, out: Path, order: Order, log: Path | None = None, config_file: Path | None = None) -> Plan:
    """Find the inputs, settle what holds for each, and make sure that no file is lost.

    Parameters
    ----------
    source
        A folder or a manifest.
    out
        The output folder, which need not exist.
    log
        The file that what happens is added to.
    config_file
        Where the configuration was read from; it shall stay what it is.

    Raises
    ------
    ConfigError
        Something makes no sense for the batch as a whole.
    """
    inputs = _find(source, out, order.patterns)
    _refuse_own_names(inputs.entries, out)
    overrides = Overrides(inputs.root, order.configure, order.reading)
    settled = {folder: overrides.settle(folder) for folder in dict.fromkeys(entry.target.parent for entry in inputs.entries)}
    # Of all inputs, so that each shard refuses what any would refuse.
    jobs = tuple(_make_job(entry, settled[entry.target.parent], out, order) for entry in inputs.entries)
    check(jobs, overwrite=True, others=[path for path in (inputs.listing, config_file) if path], out=out, log=log)
    return Plan(
        jobs=take_share(jobs, order.shard),
        config=overrides.base.config,
        overrides=tuple(sorted({name for each in settled.values() for name in each.files})),
        inputs_sha256=_digest(inputs, settled, source),
        notes=inputs.notes,
        unreadable=inputs.unreadable,
    )


def _find(source: Path, out: Path, patterns: Patterns) -> Inputs:
    name = printable(str(source))
    if not os.path.lexists(source):
        raise ConfigError(f"{name}: there is no such file or folder; a folder of images or a manifest is needed; check the path")
    if os.path.isdir(source):  # noqa: PTH112 - unlike that of a Path, this takes what cannot be looked at for none
        return discover(source, out, patterns)
    if source.suffix.lower() in FORMATS:
        raise ConfigError(f"{name}: this is an image; a folder of images or a manifest is needed; give single images to symline midline")
    if patterns.wanted or patterns.excluded:
        raise ConfigError(f"{name}: --pattern and --exclude choose among the files of a folder; leave them out with a manifest")
    return read_manifest(source)


def _refuse_own_names(entries: Iterable[Entry], out: Path) -> None:
    """Refuse inputs whose results would take the place of what the batch itself writes."""
    for entry in entries:
        top, *below = entry.target.parts
        name = top if below else top + RECORD
        if is_own(name.casefold()):
            raise ConfigError(
                f"{printable(entry.shown)}: its results would take the place of {printable(str(out / name))}, which the batch itself "
                f"writes; another name is needed; rename {'the folder' if below else 'it'}"
            )


def _make_job(entry: Entry, settled: Settled, out: Path, order: Order) -> Job:
    special = {key: value for key in ("spacing", "mask", "page") if (value := getattr(entry, key)) is not None}
    output = str(entry.target)
    return Job(
        path=entry.path,
        target=out / output,
        products=order.products,
        config=settled.config,
        reading=replace(settled.reading, **special) if special else settled.reading,
        resumes=not order.overwrite,
        member=Member(
            id=entry.id,
            shown=entry.shown,
            output=output,
            overrides=settled.files,
            thumbnail=out / FOLDER / f"{output}{ENDING}",
        ),
    )


def _digest(inputs: Inputs, settled: Mapping[PurePosixPath, Settled], source: Path) -> str:
    """Digest of what shards of one batch agree in; the folders above the source may have other names on the machine of each."""
    folder = source if inputs.listing is None else source.parent

    def show(mask: Path) -> str:
        return str(mask.relative_to(folder) if mask.is_relative_to(folder) else mask)

    listed = [(entry.id, entry.shown, str(entry.target), entry.spacing, entry.mask, entry.page) for entry in inputs.entries]
    # each once: hundreds of folders may say the same
    held = [(each.files, each.config.to_dict(), asdict(each.reading)) for each in dict.fromkeys(settled.values())]
    said = [(str(place), each.files) for place, each in settled.items()]
    return hashlib.sha256(json.dumps((source.resolve().name, listed, said, held), default=show).encode()).hexdigest()
