"""Packs the Blender extension: one zip for Blender 4.2 to 5.0 (Python 3.11) and one for 5.1 on (any later Python).

    python3 scripts/build_extension.py --out dist

Blender refuses a zip that holds pyzmq for 3.11 beside its stable-ABI wheel, hence two. Both carry headsmith_shared
as a pure wheel. pyzmq's wheels come through pip, with the user's own pip configuration, and are kept in --cache.
The same sources give the same bytes. --bare makes a zip without wheels, for a bpy module whose Python has them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "blender_addon"
SHARED = ROOT / "shared"
PYZMQ = "pyzmq==27.3.0"
SETUPTOOLS = 77  # as in shared/pyproject.toml
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "linux-x64": ("manylinux_2_28_x86_64",),
    "windows-x64": ("win_amd64",),
    "windows-arm64": ("win_arm64",),
    "macos-x64": ("macosx_10_15_universal2",),
    "macos-arm64": ("macosx_10_15_universal2",),
}
_DATE = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = {"__pycache__", ".DS_Store"}


class BuildError(Exception):
    """The zip cannot be made; the text names the cause and the remedy in one line."""


@dataclass(frozen=True)
class Target:
    """One zip. python and abi choose pyzmq's wheels; version_max is exclusive, "" is none."""

    label: str
    version_min: str
    version_max: str
    python: str
    abi: str


TARGETS = (
    Target("blender-4.2", "4.2.0", "5.1.0", "3.11", "cp311"),
    Target("blender-5.1", "5.1.0", "", "3.13", "abi3"),
)


def build(out: Path, *, platforms: Sequence[str] = tuple(PLATFORMS), cache: Path | None = None) -> list[Path]:
    """Write both zips into a folder and return them. Raises BuildError."""
    cache = cache or default_cache()
    with tempfile.TemporaryDirectory() as folder:
        shared = shared_wheel(Path(folder))
        made = []
        for target in TARGETS:
            wheels = [shared, *pyzmq_wheels(target, platforms, cache)]
            made.append(_pack(out / f"headsmith-{version()}-{target.label}.zip", target, platforms, wheels))
    return made


def build_bare(out: Path) -> Path:
    """Write the zip without wheels into a folder and return it."""
    return _pack(out / f"headsmith-{version()}-bare.zip", None, (), ())


def version() -> str:
    """The one version of the project. Raises BuildError when the manifest says another."""
    source = (SHARED / "headsmith_shared" / "__init__.py").read_text(encoding="utf-8")
    manifest = (EXTENSION / "blender_manifest.toml").read_text(encoding="utf-8")
    found = [re.search(r'^__version__ = "(.+)"', source, re.M), re.search(r'^version = "(.+)"', manifest, re.M)]
    versions = {match.group(1) for match in found if match}
    if len(versions) != 1 or None in found:
        raise BuildError(f"blender_manifest.toml and headsmith_shared differ in version: {versions}; make them agree")
    return versions.pop()


def shared_wheel(folder: Path) -> Path:
    """Build headsmith_shared as a pure wheel whose bytes depend on its sources alone."""
    source = folder / "source"
    shutil.copytree(SHARED, source, ignore=shutil.ignore_patterns(*_LEFT_OUT, "*.egg-info", "build"))
    # pip fetches a setuptools of its own only where the present one is too old or missing.
    isolation = ("--no-build-isolation",) if _has_setuptools() else ()
    _pip("wheel", "--no-deps", *isolation, "--wheel-dir", str(folder / "raw"), str(source))
    raw = next((folder / "raw").glob("headsmith_shared-*.whl"))
    with zipfile.ZipFile(raw) as wheel:
        entries = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}
    return _write_zip(folder / raw.name, entries)


def pyzmq_wheels(target: Target, platforms: Sequence[str], cache: Path) -> list[Path]:
    """pyzmq for one Python and the given Blender platforms, downloaded once. Raises BuildError."""
    wanted = sorted({tag for platform in platforms for tag in PLATFORMS[platform]})
    found = []
    for tag in wanted:
        folder = cache / target.abi / tag
        wheels = sorted(folder.glob("pyzmq-*.whl"))
        if not wheels:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as partial:
                _pip(
                    "download", PYZMQ, "--no-deps", "--only-binary=:all:", "--implementation", "cp",
                    "--python-version", target.python, "--abi", target.abi, "--platform", tag, "--dest", partial,
                )  # fmt: skip
                for wheel in Path(partial).glob("*.whl"):
                    wheel.replace(folder / wheel.name)
            wheels = sorted(folder.glob("pyzmq-*.whl"))
        if len(wheels) != 1 or not zipfile.is_zipfile(wheels[0]):
            raise BuildError(f"{folder}: expected one wheel of {PYZMQ}; delete that folder and try again")
        found += wheels
    return found


def default_cache() -> Path:
    """Where downloaded wheels are kept for this user."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "headsmith" / "wheels"


def _pack(path: Path, target: Target | None, platforms: Sequence[str], wheels: Sequence[Path]) -> Path:
    entries = {}
    for file in sorted(EXTENSION.rglob("*")):
        relative = file.relative_to(EXTENSION)
        if file.is_file() and not _LEFT_OUT.intersection(relative.parts) and file.suffix != ".pyc":
            entries[relative.as_posix()] = file.read_bytes()
    names = [f"wheels/{wheel.name}" for wheel in wheels]
    if target is not None:
        manifest = entries["blender_manifest.toml"].decode("utf-8")
        entries["blender_manifest.toml"] = _manifest(manifest, target, platforms, names).encode("utf-8")
    entries.update(zip(names, (wheel.read_bytes() for wheel in wheels), strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write_zip(path, entries)


def _manifest(text: str, target: Target, platforms: Sequence[str], wheels: Sequence[str]) -> str:
    lines = [f'blender_version_min = "{target.version_min}"']
    if target.version_max:
        lines.append(f'blender_version_max = "{target.version_max}"')
    lines.append(f"platforms = [{', '.join(repr_toml(name) for name in platforms)}]")
    lines += ["wheels = [", *(f"  {repr_toml('./' + name)}," for name in wheels), "]"]
    changed, count = re.subn(r"^blender_version_min = .*$", "\n".join(lines), text, flags=re.M)
    if count != 1:
        raise BuildError("blender_manifest.toml: expected one line blender_version_min; put it back")
    return changed


def repr_toml(text: str) -> str:
    """A TOML string; names here hold no quotes and no control characters."""
    return f'"{text}"'


def _write_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    """A zip with sorted names, fixed dates and modes, written beside its place and moved there."""
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            # Wheels are compressed already.
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            archive.writestr(info, entries[name])
    partial.replace(path)
    return path


def _has_setuptools() -> bool:
    try:
        return int(metadata.version("setuptools").split(".")[0]) >= SETUPTOOLS
    except metadata.PackageNotFoundError:
        return False


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        told = [line for line in lines if "error" in line.lower() or "No module" in line]
        cause = (told or lines or ["pip failed"])[-1]
        raise BuildError(f"pip {arguments[0]}: {cause}; check the package index and the pip configuration")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0, or 2 after a one-line error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("dist"), metavar="DIR", help="where the zips go")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where downloaded wheels are kept")
    parser.add_argument("--platforms", nargs="+", choices=PLATFORMS, default=list(PLATFORMS), help="default: all")
    parser.add_argument("--bare", action="store_true", help="one zip without wheels instead")
    options = parser.parse_args(arguments)
    try:
        if options.bare:
            made = [build_bare(options.out)]
        else:
            made = build(options.out, platforms=options.platforms, cache=options.cache)
    except (BuildError, OSError) as error:
        print(f"build_extension: {error}", file=sys.stderr)
        return 2
    for path in made:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
