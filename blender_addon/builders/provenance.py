"""Where a head came from, as custom properties that travel with the file and its exports."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import bpy

from headsmith_shared.asset import HeadAsset

from . import lookup


def write_provenance(block: bpy.types.ID, asset: HeadAsset, *, job_id: str, stage: str) -> None:
    """Store prompt, seed, options, checkpoints, licences and what was not understood.

    The seed is text: Blender's integers end at 2^31 - 1, seeds at 2^32 - 1.
    """
    block[lookup.PROMPT] = asset.provenance.prompt
    block[lookup.SEED] = str(asset.provenance.seed)
    block[lookup.JOB] = job_id
    block[lookup.STAGE] = stage
    record = json.dumps({"name": asset.name, **asdict(asset.provenance)}, ensure_ascii=False, sort_keys=True)
    block[lookup.PROVENANCE] = record


def read_provenance(block: bpy.types.ID) -> dict[str, Any]:
    """The stored provenance as plain values; {} when there is none or it cannot be read."""
    try:
        record = json.loads(block.get(lookup.PROVENANCE, ""))
    except (TypeError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
