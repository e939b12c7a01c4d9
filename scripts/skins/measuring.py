"""Measures real skins into the painter's statistics: `measure_skins.py --data DIR [--work DIR] [--out FILE]`.

DIR is the development data with skins/ and heads/. The registration to our UV layout takes minutes and needs the
`tracking` extra (MediaPipe); --work keeps it. Writes texture/skin_statistics.safetensors and
evaluation/skin_samples.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import save_file

from headsmith_server.evaluation.pore_spectrum import HELD_OUT_TILE, TILES_MM, micro_spectrum
from headsmith_server.evaluation.skin_colour import SAMPLES
from headsmith_server.heads.pocket import load_pocket_head
from headsmith_server.texture.surface import skin_surface
from headsmith_server.texture.variation import STATISTICS
from scripts.skins.registration import places_in_pictures
from scripts.skins.samples import choose_samples
from scripts.skins.sources import infinite_mesh, makehuman_mesh, read_picture, sample, skin_pictures
from scripts.skins.statistics import (
    BROAD_LEVELS,
    DARK_BLOOD,
    MeasuredSkin,
    measure,
    modes_of,
    noise_amplitudes,
    typical_skin,
)

SIZE: Final = 512
HELD_OUT: Final = (
    "old_darkskinned_male", "young_lightskinned_female3", "young_lightskinned_male2", "young_lightskinned_male3",
)  # fmt: skip
"""Skins that no statistic has seen, so that the evaluation can be read on them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/measure_skins"))
    parser.add_argument("--out", type=Path, default=STATISTICS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    model = load_pocket_head()
    surface = skin_surface(model, SIZE)
    places = {
        mesh.name: places_in_pictures(model, mesh, surface.field, options.work)
        for mesh in (makehuman_mesh(options.data, options.work), infinite_mesh(options.data, options.work))
    }
    skins: dict[str, MeasuredSkin] = {}
    for name, path in skin_pictures(options.data).items():
        uv, trusted = places["infinite" if name == "infinite" else "makehuman"]
        laid = sample(read_picture(path), uv.reshape(-1, 2)).reshape(SIZE, SIZE, 3).astype(np.float64)
        skins[name] = measure(surface, laid, trusted, bearded=name == "infinite")
        print(f"{name}: melanin {skins[name].melanin:.4f}, colour model off by {skins[name].error:.1f}")
    fitted = {name: skin for name, skin in skins.items() if name not in HELD_OUT}
    dark = {name: skin.melanin > 0.08 for name, skin in fitted.items()}
    arrays = modes_of(fitted, dark)
    octaves = np.zeros((2, 2, 6), np.float32)
    for tone in (0, 1):
        chosen = [skin for name, skin in fitted.items() if dark[name] == bool(tone) and name != "infinite"]
        for pigment, share in ((0, 1.0), (1, DARK_BLOOD if tone else 1.0)):
            variance = np.median([skin.bands[pigment] for skin in chosen], axis=0)
            found = noise_amplitudes(surface, variance, typical_skin(surface))
            found[:2] *= BROAD_LEVELS
            # The pictures do not resolve the last level.
            octaves[tone, pigment] = share * np.array([*found, 0.6 * found[-1]])
    arrays["octaves"] = octaves
    arrays["tones"] = np.array(
        [np.mean([np.log(s.melanin) for n, s in fitted.items() if dark[n] == side]) for side in (False, True)],
        np.float32,
    )
    tiles = {name: side for name, side in TILES_MM.items() if name != HELD_OUT_TILE}
    arrays["micro_log_power"] = micro_spectrum(options.data, tiles).astype(np.float32)
    save_file(
        {k: np.ascontiguousarray(v.astype(np.float16)) for k, v in arrays.items()},
        options.out,
        {"fitted": ", ".join(fitted), "held_out": ", ".join(HELD_OUT), "tiles": ", ".join(tiles)},
    )
    samples = choose_samples(surface, places, HELD_OUT)
    SAMPLES.write_text(json.dumps(samples, separators=(",", ":")) + "\n")
    print(f"{options.out}: {options.out.stat().st_size} bytes; {SAMPLES}: {SAMPLES.stat().st_size} bytes")


if __name__ == "__main__":
    main()
