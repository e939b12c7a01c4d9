"""`headsmith generate`: a sentence becomes a head and its files."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from headsmith_server.commands import naming, outputs
from headsmith_server.commands.command import Command, add_json, add_server, connection_of, output_folder
from headsmith_server.commands.progress import ProgressLine
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.specs import MAX_PROMPT_LENGTH, MAX_SEED, QUALITIES, TEXTURE_SIZES, GenerateSpec

if TYPE_CHECKING:
    from headsmith_server.export import ExportReport
    from headsmith_shared.client import InboxMessage, JobResult

_NOTES = {"not_understood": "not understood", "not_built": "understood, but cannot be built yet"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The prompt, what to make, and where."""
    parser.add_argument("prompt", help="the head in words")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help=f"0..{MAX_SEED}; another seed, another head")
    parser.add_argument("--quality", choices=QUALITIES, default="draft")
    parser.add_argument("--head", default="pocket", metavar="MODEL", help="the head model (default: pocket)")
    parser.add_argument("--texture-size", type=int, choices=TEXTURE_SIZES, default=2048)
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where the files go (default: here)")
    parser.add_argument("--name", default="", help="the files' name (default: from the prompt)")
    parser.add_argument("--force", action="store_true", help="write over files of that name")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    add_json(parser)
    outputs.add_outputs(parser)
    add_server(parser)


def run(options: argparse.Namespace) -> int:
    """Make the head; 0 when all files are there."""
    spec = _spec(options)
    name = naming.checked_name(options.name) if options.name else naming.slug(spec.prompt)
    outputs.check_outputs(options)
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(output_folder(options.out))
        child = None
        if outputs.wants_blender(options):
            from headsmith_server.export import ExportChild

            # Blender's module needs a second to load: it does so while the server makes the head.
            child = stack.enter_context(ExportChild())
        line = stack.enter_context(ProgressLine(options.quiet))
        result = _make(spec, options, line)
        data = result.head()
        endings = outputs.automatic_endings(options)
        head = naming.write_unclaimed(folder, name, data, endings, options.force)
        report = None
        if child is not None:
            request = outputs.export_request(options, head)
            report = child.export(head, request, lambda step: line.show(f"Blender: {step}"))
    _print(options, spec, result, report, head, data, time.monotonic() - started)
    return 0


def _spec(options: argparse.Namespace) -> GenerateSpec:
    prompt = options.prompt.strip()
    if not prompt:
        raise HeadsmithError(ErrorCode.BAD_INPUT, "the prompt is empty", "describe a head, for instance 'an old man'")
    if len(prompt) > MAX_PROMPT_LENGTH:
        raise HeadsmithError(
            ErrorCode.TOO_LARGE,
            f"the prompt has {len(prompt)} characters, {MAX_PROMPT_LENGTH} at most",
            "shorten it",
        )
    if not 0 <= options.seed <= MAX_SEED:
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"--seed {options.seed}: out of range", f"choose 0..{MAX_SEED}")
    try:
        prompt.encode("utf-8")
    except UnicodeEncodeError:
        raise HeadsmithError(ErrorCode.BAD_INPUT, "the prompt is not valid text", "write it in UTF-8") from None
    return GenerateSpec(prompt, options.seed, options.quality, options.head, options.texture_size)


def _make(spec: GenerateSpec, options: argparse.Namespace, line: ProgressLine) -> JobResult:
    from headsmith_shared.client import JobNote, JobProgress, generate

    def hear(message: InboxMessage) -> None:
        if isinstance(message, JobProgress):
            line.show(message.stage, message.fraction, message.remaining)
        elif isinstance(message, JobNote):
            line.note(f"{_NOTES.get(message.kind, message.kind)}: {message.text}")

    line.show("connecting")
    return generate(spec, connection_of(options, start=True), on_event=hear, fetch=("head",))


def _print(
    options: argparse.Namespace,
    spec: GenerateSpec,
    result: JobResult,
    report: ExportReport | None,
    head: Path,
    data: bytes,
    seconds: float,
) -> None:
    files = {"head": head, **(report.files if report else {})}
    if options.json:
        notes: dict[str, list[str]] = {"not_understood": [], "not_built": [], "warning": []}
        for note in result.notes:
            notes.setdefault(note.kind, []).append(note.text)
        document = {
            "job": result.job,
            "prompt": spec.prompt,
            "seed": spec.seed,
            "quality": spec.quality,
            "head_model": spec.head,
            "texture_size": spec.texture_size,
            "files": {kind: str(path) for kind, path in files.items()},
            "sha256": hashlib.sha256(data).hexdigest(),
            "notes": notes,
            "seconds": round(seconds, 3),
            "job_seconds": round(result.seconds, 3),
            "stages": {stage: round(value, 3) for stage, value in result.stages.items()},
            **outputs.as_json(report),
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    for path in files.values():
        print(path)
    if not options.quiet:
        with ProgressLine() as line:
            line.note(f"head: {outputs.seconds_line(dict(result.stages))}")
            if report:
                line.note(f"Blender: {outputs.seconds_line(dict(report.seconds))}")
            line.note(f"done in {seconds:.1f} s")


COMMAND = Command("make a head from a sentence", add_arguments, run)
