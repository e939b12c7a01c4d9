"""Job specs on the wire: plain JSON with a `kind`, hashed in canonical form."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields
from typing import Any, Final

from headsmith_shared import strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import build
from headsmith_shared.specs import MAX_PROMPT_LENGTH, MAX_SEED, QUALITIES, TEXTURE_SIZES, GenerateSpec

Spec = GenerateSpec
SPEC_KINDS: Final[dict[str, type[Spec]]] = {"generate": GenerateSpec}


def encode_spec(spec: Spec) -> dict[str, Any]:
    """A spec as plain JSON, checked first (see check_spec)."""
    check_spec(spec)
    return asdict(spec)


def decode_spec(plain: dict[str, Any]) -> Spec:
    """The spec of that `kind`. HeadsmithError: UNSUPPORTED for another kind or option, BAD_INPUT for bad values."""
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in SPEC_KINDS:
        raise HeadsmithError(
            ErrorCode.UNSUPPORTED,
            f"job kind {str(kind)[:32]!r} is not known here",
            "install the same Headsmith version on both sides",
        )
    unknown = sorted(plain.keys() - {field.name for field in fields(SPEC_KINDS[kind])})
    if unknown:
        # An option that this side cannot honour would change the result in silence.
        raise HeadsmithError(
            ErrorCode.UNSUPPORTED,
            f"{kind} option {unknown[0][:32]!r} is not known here",
            "install the same Headsmith version on both sides",
        )
    try:
        spec = build(SPEC_KINDS[kind], plain)
    except HeadsmithError as error:
        raise HeadsmithError(ErrorCode.BAD_INPUT, error.message.removeprefix("bad message: ")) from None
    check_spec(spec)
    return spec


def check_spec(spec: Spec) -> None:
    """Raises HeadsmithError(BAD_INPUT or TOO_LARGE) that names what is wrong with a spec."""
    prompt = spec.prompt
    if not prompt.strip():
        raise _bad("the prompt is empty", "describe a head in a sentence")
    if len(prompt) > MAX_PROMPT_LENGTH:
        raise HeadsmithError(
            ErrorCode.TOO_LARGE,
            f"the prompt has {len(prompt)} characters, at most {MAX_PROMPT_LENGTH} are read",
            "shorten it",
        )
    try:
        prompt.encode("utf-8")
    except UnicodeEncodeError:
        raise _bad("the prompt holds half a character (a lone surrogate)", "type it again") from None
    if "\0" in prompt:
        raise _bad("the prompt holds a NUL character", "type it again")
    if not 0 <= spec.seed <= MAX_SEED:
        raise _bad(f"seed {spec.seed} is not within 0..{MAX_SEED}", "choose another seed")
    if spec.quality not in QUALITIES:
        raise _bad(f"quality {spec.quality!r} is not known", f"choose one of {', '.join(QUALITIES)}")
    if spec.texture_size not in TEXTURE_SIZES:
        raise _bad(
            f"texture size {spec.texture_size} is not offered",
            f"choose one of {', '.join(map(str, TEXTURE_SIZES))}",
        )
    if not 1 <= len(spec.head) <= 64 or not spec.head.replace("_", "").replace("-", "").isalnum():
        raise _bad(f"head {spec.head[:64]!r} is not the name of a head model", "use pocket")


def canonical_json(plain: dict[str, Any]) -> bytes:
    """JSON with sorted names, no spaces, UTF-8: equal values give equal bytes."""
    return strict_json.dumps(plain)


def spec_hash(plain: dict[str, Any]) -> str:
    """sha256 (hex) of a plain spec's canonical JSON."""
    return hashlib.sha256(canonical_json(plain)).hexdigest()


def spec_label(spec: Spec) -> str:
    """What a job is called in a list: the beginning of its prompt."""
    text = "".join(letter for letter in " ".join(spec.prompt.split()) if letter.isprintable())
    return text if len(text) <= 60 else text[:59] + "…"


def _bad(message: str, remedy: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_INPUT, message, remedy)
