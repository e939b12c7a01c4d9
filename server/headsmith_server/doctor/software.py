"""Python, torch, checkpoints, and packages that disturb one another."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from typing import Final

from headsmith_server.doctor.check import Check, Verdict, probe
from headsmith_shared.errors import HeadsmithError

_PYTHONS: Final = ((3, 11), (3, 12))
_TORCH: Final = """
import json, torch
device = "cuda: " + torch.cuda.get_device_name(0) if torch.cuda.is_available() else (
    "mps" if torch.backends.mps.is_available() else f"cpu, {torch.get_num_threads()} threads")
torch.ones(8, 8) @ torch.ones(8, 8)
print(json.dumps({"version": torch.__version__, "device": device}))
"""
_REQUIRED: Final = ("numpy", "diffusers", "transformers", "safetensors", "pyzmq", "msgspec")


def python() -> Check:
    """The interpreter's version."""
    version = platform.python_version()
    if sys.version_info[:2] in _PYTHONS:
        return Check("Python", Verdict.OK, f"{version}, {platform.system()} {platform.machine()}")
    return Check(
        "Python",
        Verdict.FAILED,
        f"{version} is not supported",
        "use Python 3.11 (or 3.12 without Blender's module): python3.11 scripts/run.py",
    )


def torch() -> Check:
    """Whether torch imports and computes, and on what."""
    result = probe(_TORCH)
    if result.value is None:
        return Check("torch", Verdict.FAILED, result.error, "reinstall it: pip install --force-reinstall 'torch<2.14'")
    return Check("torch", Verdict.OK, f"{result.value['version']} on {result.value['device']}")


def packages() -> Check:
    """Whether everything the server needs is installed."""
    missing = [name for name in _REQUIRED if _version(name) is None]
    if missing:
        return Check(
            "packages",
            Verdict.FAILED,
            f"missing: {', '.join(missing)}",
            "install Headsmith again: python3 scripts/run.py",
        )
    return Check("packages", Verdict.OK, ", ".join(f"{name} {_version(name)}" for name in _REQUIRED))


def checkpoints() -> list[Check]:
    """Each registered checkpoint, its bytes compared with the registry."""
    try:
        from headsmith_server.checkpoints import registry

        names = sorted(registry.checkpoints())
    except (ImportError, ValueError, KeyError, TypeError) as error:
        return [
            Check(
                "checkpoints",
                Verdict.FAILED,
                f"the registry cannot be read: {error}",
                "mend torch first, else reinstall Headsmith",
            )
        ]
    if not names:
        return [Check("checkpoints", Verdict.FAILED, "none is registered", "reinstall Headsmith")]
    found: list[Check] = []
    for name in names:
        try:
            entry = registry.verify(name)
            text = f"{entry.size / 1e6:.1f} MB, sha256 {entry.sha256[:12]}, {entry.licence}"
            found.append(Check(f"checkpoint {name}", Verdict.OK, text))
        except HeadsmithError as error:
            found.append(Check(f"checkpoint {name}", Verdict.FAILED, error.message, error.remedy))
    return found


def opencv() -> Check:
    """Exactly one distribution may bring cv2: two overwrite each other's files."""
    names = [f"opencv-{kind}" for kind in ("python", "python-headless", "contrib-python", "contrib-python-headless")]
    installed = [name for name in names if _version(name) is not None]
    if len(installed) > 1:
        others = " ".join(name for name in installed if name != "opencv-contrib-python")
        return Check(
            "OpenCV",
            Verdict.FAILED,
            f"{' and '.join(installed)} overwrite each other",
            f"pip uninstall -y {others} && pip install --force-reinstall --no-deps 'opencv-contrib-python<4.12'",
        )
    result = probe("import cv2, json; print(json.dumps(cv2.__version__))")
    if result.value is None:
        from headsmith_server.export.system_libraries import missing_library_remedy

        return Check(
            "OpenCV",
            Verdict.FAILED,
            result.error,
            missing_library_remedy(result.error) or "pip install 'opencv-contrib-python<4.12'",
        )
    return Check("OpenCV", Verdict.OK, f"{result.value} ({''.join(installed)})")


def torchvision() -> Check:
    """It must be absent: a build for another torch breaks transformers' imports."""
    version = _version("torchvision")
    if version is None:
        return Check("torchvision", Verdict.OK, "absent, as it should be")
    return Check(
        "torchvision",
        Verdict.FAILED,
        f"{version} is installed and can break transformers",
        "pip uninstall -y torchvision lpips",
    )


def mediapipe() -> Check:
    """Optional: tracking faces in pictures."""
    version = _version("mediapipe")
    if version is None:
        return Check(
            "mediapipe",
            Verdict.ABSENT,
            "not installed (optional, tracks faces in pictures)",
            "pip install 'headsmith[tracking]'",
        )
    return Check("mediapipe", Verdict.OK, version)


def nvdiffrast() -> Check:
    """Optional: a faster rasteriser, under a licence that forbids commercial use."""
    version = _version("nvdiffrast")
    if version is None:
        return Check(
            "nvdiffrast",
            Verdict.ABSENT,
            "not installed, nothing needs it (a faster rasteriser on NVIDIA GPUs; licence: non-commercial use only)",
        )
    return Check(
        "nvdiffrast",
        Verdict.WARNING,
        f"{version}: its licence allows non-commercial use only, and nothing needs it",
        "for commercial work: pip uninstall nvdiffrast",
    )


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
