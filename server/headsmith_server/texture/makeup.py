"""Make-up: layers of colour and gloss over the finished skin, each where a hand would put it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.creases import open_spline
from headsmith_server.texture.drawing import Drawing
from headsmith_server.texture.kept import kept
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.optics import skin_colour
from headsmith_server.texture.parameters import LinearColour, Makeup, SkinParameters
from headsmith_server.texture.pigment import Noises, lip_window, melanin_fraction, tissue_of
from headsmith_server.texture.regions import polyline_distance, smoothstep
from headsmith_server.texture.surface import SkinSurface
from headsmith_server.texture.windows import Window, bounds, noise_in, whole

LEAST: Final = 0.01
"""Strengths up to this lay nothing."""


def draw_makeup(
    surface: SkinSurface, skin: SkinParameters, noises: Noises, tick: Callable[[], None] = no_tick
) -> Drawing:
    """Foundation first, then contour, blush, eye shadow, eyeliner and lipstick."""
    makeup, drawing = skin.makeup, Drawing()
    for strength, lay in (
        (makeup.foundation_strength, lambda: _foundation(surface, skin, noises, drawing)),
        (makeup.contour_strength, lambda: _contour(surface, skin, drawing)),
        (makeup.blush_strength, lambda: _blush(surface, skin, noises, drawing)),
        (makeup.eye_shadow_strength, lambda: _eye_shadow(surface, makeup, noises, drawing)),
        (makeup.eyeliner_strength, lambda: _eyeliner(surface, makeup, drawing)),
        (makeup.lipstick_strength, lambda: _lipstick(surface, makeup, noises, drawing)),
    ):
        if strength > LEAST:
            lay()
            tick()
    return drawing


def even_tone(skin: SkinParameters) -> LinearColour:
    """The skin's own tone without redness and spots, as a foundation is chosen; foundation_shade moves it."""
    # Fitted to the painted faces of all melanin levels, with a little less blood than they have.
    melanin = 1.1 * melanin_fraction(skin.melanin)
    blood = 0.013 + 0.026 * skin.haemoglobin + 0.004 * skin.melanin
    own = skin_colour(np.array(melanin), np.array(blood), np.array(0.95), tissue_of(skin))
    shade = skin.makeup.foundation_shade
    # Lighter ones are whiter too, darker ones browner.
    tinted = (
        own + (np.array([0.82, 0.78, 0.74]) - own) * 0.45 * shade
        if shade > 0.0
        else own * np.exp(shade * np.array([0.28, 0.42, 0.52]))
    )
    red, green, blue = tinted.tolist()
    return red, green, blue


def _lightness(skin: SkinParameters) -> float:
    """0 on the deepest skin .. 1 on the palest: powders are chosen deeper for deeper skin."""
    return float(np.clip(1.0 - 1.05 * skin.melanin, 0.0, 1.0))


def _foundation(surface: SkinSurface, skin: SkinParameters, noises: Noises, drawing: Drawing) -> None:
    """Hides spots and redness over the whole face and fades out on the neck; pores and shape stay."""

    def draw() -> Field:
        r = surface.regions
        y, z = r.positions_mm[..., 1], r.positions_mm[..., 2]
        chin = surface.landmarks_mm[8]
        face = smoothstep(8.0, 45.0, z) * smoothstep(chin[1] - 26.0, chin[1] + 2.0, y)
        free = 1.0 - np.clip(r["lips"] + r["mucosa"] + r["nostril"] + r["lid_margin"] + 0.8 * r["ear"], 0.0, 1.0)
        hair = smoothstep(0.62, 0.40, r["scalp"])
        return enlarge((face * free * hair).astype(np.float32), surface.field.size)

    strength = skin.makeup.foundation_strength
    uneven = np.clip(np.float32(0.93) + np.float32(0.05) * noises.field(1, 0, 0.6, 1.0, 0.6, 0.4, 0), 0.7, 1.0)
    cover = kept(surface, "foundation", draw) * uneven * np.float32(0.82 * strength)
    drawing.lay(cover, even_tone(skin))
    drawing.lay(np.float32(0.6) * cover, roughness=0.56)


def _contour(surface: SkinSurface, skin: SkinParameters, drawing: Drawing) -> None:
    """Shade under the cheekbones, along jaw, temples and nose; light on cheekbones, bridge and cupid's bow."""

    def draw() -> tuple[Field, Field]:
        marks, mm, r = surface.landmarks_mm, surface.regions.positions_mm, surface.regions

        def both(line: list[Field], width: float) -> Field:
            points = np.asarray(line, np.float32)
            near = [polyline_distance(mm, points * np.array([side, 1, 1], np.float32), 3.2 * width) for side in (1, -1)]
            return np.exp(-((np.minimum(*near) / np.float32(width)) ** 2))

        hollow = both([marks[15] + (2, 8, 0), marks[14] + (-6, 16, 8), marks[54] + (19, 17, -8)], 7.5)
        jaw = both([marks[i] + (0, 1, 0) for i in (15, 14, 13, 12, 11, 10)], 7.0)
        temple = both([marks[26] + (14, 6, -14), marks[26] + (9, 30, -14), marks[24] + (14, 46, -8)], 10.0)
        nose = both([marks[42] + (-11, 2, 1), marks[29] + (10, 6, -8), marks[30] + (9.5, 2, -9)], 2.3)
        shade = np.clip(hollow + 0.6 * jaw + 0.55 * temple + 0.55 * nose, 0.0, 1.0) * (1.0 - r["mucosa"] - r["lips"])
        bone = both([marks[46] + (2, -13, 2), marks[45] + (13, -6, -8), marks[45] + (21, 3, -18)], 4.2)
        bridge = np.exp(-((polyline_distance(mm, marks[27:31].astype(np.float32), 9.0) / np.float32(2.6)) ** 2))
        bow = np.exp(-((polyline_distance(mm, (marks[[50, 51, 52]] + (0, 2, 0)).astype(np.float32), 6.0) / 1.6) ** 2))
        size = surface.field.size
        light = np.clip(bone + 0.8 * bridge + 0.6 * bow, 0.0, 1.0)
        return enlarge(shade.astype(np.float32), size), enlarge(light.astype(np.float32), size)

    shade, light = kept(surface, "contour", draw)
    strength, pale = np.float32(skin.makeup.contour_strength), _lightness(skin)
    drawing.lay(np.float32(0.75) * strength * shade, (0.66, 0.56, 0.50), filters=True)
    red, green, blue = (min(1.0, (1.30 + 0.25 * (1.0 - pale)) * c + 0.02) for c in even_tone(skin))
    drawing.lay(np.float32(0.42) * strength * light, (red, green, blue), roughness=0.30, specular=0.48)


def _blush(surface: SkinSurface, skin: SkinParameters, noises: Noises, drawing: Drawing) -> None:
    """From the apples of the cheeks up along the bones to the temples, soft on all sides, a breath on the nose."""

    def draw() -> Field:
        marks, mm = surface.landmarks_mm, surface.regions.positions_mm
        eye, wing = marks[42:48].mean(axis=0), marks[35]
        apple = np.array([eye[0] + 6.0, wing[1] + 11.0, wing[2] - 12.0])
        line = np.stack([apple, apple + np.array([14, 6, -12]), marks[45] + (19, -13, -22)]).astype(np.float32)
        total = np.zeros(mm.shape[:2], np.float32)
        for side in (1.0, -1.0):
            course = line * np.array([side, 1, 1], np.float32)
            away = polyline_distance(mm, course, 40.0)
            # Wide on the apple, narrower towards the temple.
            along = np.clip((np.float32(side) * mm[..., 0] - apple[0]) / np.float32(34.0), 0.0, 1.0)
            total = np.maximum(total, np.exp(-((away / (np.float32(13.5) - np.float32(4.0) * along)) ** 2)))
        nose = np.exp(-(((mm - marks[30] - (0, 5, -2)) / (9.0, 7.0, 9.0)) ** 2).sum(axis=-1))
        r = surface.regions
        free = np.clip(1.0 - r["periorbital"] * 0.75 - r["lid_lower"] - r["lips"], 0.0, 1.0)
        return enlarge((np.clip(total + 0.22 * nose, 0, 1) * free).astype(np.float32), surface.field.size)

    brushed = np.clip(np.float32(0.95) + np.float32(0.06) * noises.field(0, 0, 0, 1.0, 0.8, 0.5, 0), 0.6, 1.1)
    cover = kept(surface, "blush", draw) * brushed * np.float32(skin.makeup.blush_strength)
    deep = 0.30 + 0.70 * _lightness(skin)
    red, green, blue = (c * deep for c in skin.makeup.blush)
    drawing.lay(np.float32(0.48) * cover, (red, green, blue))
    drawing.lay(np.float32(0.5) * cover, roughness=0.5)


@dataclass(frozen=True)
class _EyeFrame:
    """Around both eyes [F, F]: rise 0 at the upper lashes .. 1 at the brow (negative below); out in mm beyond the outer
    corner (negative inside); inner in mm beyond the inner corner; drop in mm below the lower lashes; near 0..1; all on
    the window that holds both eyes."""

    window: Window
    rise: Field
    out: Field
    inner: Field
    drop: Field
    near: Field


def _eye_frame(surface: SkinSurface) -> _EyeFrame:
    mm = surface.positions * np.float32(1000.0)
    x, y, z = np.abs(mm[..., 0]), mm[..., 1], mm[..., 2]
    upper, lower = surface.regions.lid_edges
    brow = surface.landmarks_mm[[22, 23, 24, 25, 26]]
    corner_in, corner_out = upper[0], upper[-1]
    # Beyond the corner the line goes on towards the end of the brow.
    beyond = corner_out + (brow[-1] + (6.0, -4.0, -6.0) - corner_out) * np.float32(0.9)
    lid = np.interp(x, [*upper[:, 0], beyond[0]], [*upper[:, 1], beyond[1]])
    arch = np.interp(x, [corner_in[0] - 12, *brow[:, 0], brow[-1, 0] + 14], [brow[0, 1] - 4, *(brow[:, 1] - 3.5),
                                                                            brow[-1, 1] - 6])  # fmt: skip
    rise = (y - lid) / np.maximum(arch - lid, 6.0)
    floor = np.interp(x, lower[:, 0], lower[:, 1])
    near = smoothstep(30.0, 20.0, np.abs(y - corner_out[1] - 8.0)) * (z > 45.0) * (x < 76.0)
    r = surface.regions
    near = near * enlarge(np.clip(1.0 - 1.5 * r["mucosa"], 0.0, 1.0), near.shape[0])
    window = bounds(near > 0.0, surface)
    frames = (np.asarray(a[window], np.float32) for a in (rise, x - corner_out[0], corner_in[0] - x, floor - y, near))
    return _EyeFrame(window, *frames)


def _eye_shadow(surface: SkinSurface, makeup: Makeup, noises: Noises, drawing: Drawing) -> None:
    """Fullest on the lid and in its outer corner, blended upwards and outwards, smudged below the lower lashes."""
    frame = kept(surface, "eye frame", lambda: _eye_frame(surface))
    height, strength = makeup.eye_shadow_height, makeup.eye_shadow_strength
    # The lid itself ends at the crease, a third of the way to the brow.
    top = 0.36 + 0.58 * height
    # Blended out along an arch that comes down at both corners.
    beyond = 2.5 + 6.5 * height
    middle, half = np.float32((beyond - 29.0) / 2), np.float32((beyond + 29.0) / 2)
    arch = np.sqrt(np.clip(1.0 - ((frame.out - middle) / half) ** 2, 0.0, 1.0))
    fade = smoothstep(1.0, 0.30, frame.rise / np.maximum(np.float32(top) * arch, 1e-3))
    # Beyond the corner it ends softly on the line towards the end of the brow.
    fade = fade * smoothstep(-0.06 - 0.12 * height, 0.10, frame.rise + 0.12 * smoothstep(1.0, -3.0, frame.out))
    below = smoothstep(4.0 + 2.0 * height, 0.5, frame.drop) * smoothstep(-2.5, -0.5, frame.drop)
    below = below * smoothstep(5.0, -2.0, frame.out) * smoothstep(-2.0, -12.0, frame.inner)
    sides = smoothstep(0.0, 0.45, arch) * smoothstep(4.0, -4.0, frame.inner)
    outer = smoothstep(-16.0, 2.0, frame.out)
    amount = np.maximum(fade * sides * (0.80 + 0.20 * outer), below * (0.25 + 0.4 * outer))
    grain = np.clip(
        np.float32(1.0) + np.float32(0.025) * noise_in(noises, frame.window, 2, 0, 0, 0, 0.5, 0.8, 0.6), 0.9, 1.1
    )
    amount = amount * frame.near * grain
    drawing.lay(
        whole(surface, frame.window, np.clip(np.float32(0.90 * strength) * amount, 0.0, 0.93)), makeup.eye_shadow,
        roughness=0.58 - 0.30 * makeup.eye_shadow_shimmer, specular=0.32 + 0.45 * makeup.eye_shadow_shimmer,
    )  # fmt: skip
    # The crease and the outer corner are worked deeper.
    crease = np.exp(-(((frame.rise - np.float32(0.40)) / np.float32(0.16)) ** 2)) * (0.35 + 0.65 * outer)
    worked = whole(surface, frame.window, np.float32(0.55 * strength) * crease * sides * frame.near)
    drawing.lay(worked, (0.62, 0.55, 0.55), filters=True)


def _eyeliner(surface: SkinSurface, makeup: Makeup, drawing: Drawing) -> None:
    """A line along the upper lashes that swells outwards into a tail, and a thin one below."""
    strength, wing = makeup.eyeliner_strength, makeup.eyeliner_wing

    def draw() -> Field:
        upper, lower = surface.regions.lid_edges
        above, under = open_spline(upper[1:], 5), open_spline(lower[3:], 4)
        t, s = np.linspace(0.0, 1.0, len(above)), np.linspace(0.0, 1.0, len(under))
        reach = 1.5 + 11.0 * wing
        tail = np.linspace(0.0, 1.0, 16)[1:, None]
        slope = np.array([0.92, 0.50 + 0.10 * wing, -0.75])
        tail_points = above[-1] + reach * (tail * slope + np.array([0.0, 0.10, 0.0]) * tail**2)
        points = np.concatenate([above, tail_points, under])
        thick = 0.35 + 0.75 * strength
        ends = 1.25 * thick * (1.0 - tail[:, 0]) ** 0.8
        radii = np.concatenate([thick * (0.40 + 0.85 * t**1.3), ends, 0.25 + 0.30 * strength * s])
        amounts = np.concatenate([np.ones(len(above) + len(tail_points)), np.full(len(under), 0.55)])
        return _brushed(surface, points, radii, amounts)

    drawing.lay(np.float32(0.55 + 0.42 * strength) * draw(), makeup.eyeliner, roughness=0.45, specular=0.35)


def _brushed(surface: SkinSurface, points: Field, radii: Field, amounts: Field) -> Field:
    """Coverage [F, F] of a row of dabs on the left side and their mirror images; points [N, 3], radii [N] in mm."""
    margin = np.array([3.0, 3.0, 7.0], np.float32)
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    near, places = kept(surface, "eyes' texels", lambda: _around_eyes(surface))
    cover = np.zeros(surface.field.size**2, np.float32)
    inside = np.all((places > low) & (places < high), axis=1)
    near, places = near[inside], places[inside].astype(np.float32)
    best = np.zeros(len(near), np.float32)
    soft = np.float32(max(0.28, 0.6 * surface.texel_mm * surface.size / surface.field.size))
    for point, radius, amount in zip(points.astype(np.float32), radii, amounts, strict=True):
        # Depth counts less: a tail is told face on and lies on whatever skin is there.
        offset = (places - point) * np.array([1.0, 1.0, 0.3], np.float32)
        away = np.sqrt(np.einsum("nc,nc->n", offset, offset)) - np.float32(radius)
        np.maximum(
            best, np.float32(amount) * np.clip(np.float32(0.5) - away / (np.float32(2.0) * soft), 0, 1), out=best
        )
    cover[near] = best
    return cover.reshape(surface.positions.shape[:2])


def _around_eyes(surface: SkinSurface) -> tuple[Field, Field]:
    """Flat numbers [N] of the texels within some centimetres of an eye, and their places in mm [N, 3], mirrored to the
    left."""
    eye = surface.landmarks_mm[42:48].mean(axis=0)
    places = surface.positions.reshape(-1, 3) * np.float32(1000.0)
    places[:, 0] = np.abs(places[:, 0])
    inner = enlarge(surface.regions["mucosa"], surface.field.size).ravel() < 0.6
    near = np.flatnonzero((np.abs(places - eye.astype(np.float32)) < (42.0, 26.0, 40.0)).all(axis=1) & inner)
    return near, places[near]


def _lipstick(surface: SkinSurface, makeup: Makeup, noises: Noises, drawing: Drawing) -> None:
    """A drawn, crisp edge, the pencil's a little darker; thinner where the lips meet."""
    lips = surface.lips
    window = kept(surface, "lip window", lambda: lip_window(surface))
    signed, inward = lips.signed_mm[window], lips.inward[window]
    ragged = noise_in(noises, window, 0, 0, 0, 0, 0.5, 1.0, 0.5)
    edge = smoothstep(-0.40, 0.40, signed + np.float32(0.10) * ragged)
    wear = np.float32(1.0) - np.float32(0.12) * smoothstep(0.6, 1.0, inward)
    wear = wear + np.float32(0.035) * noise_in(noises, window, 1, 0, 0, 0, 0.4, 1.0, 1.0)
    mucosa = enlarge(surface.regions["mucosa"], surface.field.size)[window]
    cover = edge * wear * (1.0 - smoothstep(0.3, 0.9, mucosa))
    rim = np.exp(-(((signed - np.float32(0.45)) / np.float32(0.75)) ** 2)) * edge

    def laid(part: Field, most: float) -> Field:
        return whole(surface, window, np.clip(part, 0.0, most))

    strength, gloss = makeup.lipstick_strength, makeup.lipstick_gloss
    painted = laid(cover * np.float32(strength), 0.95)
    drawing.lay(painted, makeup.lipstick)
    drawing.lay(laid(np.float32(0.38 * strength) * rim, 0.9), (0.62, 0.52, 0.54), filters=True)
    roughness = float(np.interp(gloss, [0.0, 0.5, 1.0], [0.58, 0.30, 0.13]))
    sheen = float(np.interp(gloss, [0.0, 0.5, 1.0], [0.32, 0.50, 0.72]))
    drawing.lay(np.maximum(painted, laid(cover * np.float32(gloss * min(1.0, 2.0 * strength)), 1.0)),
                roughness=roughness, specular=sheen)  # fmt: skip
