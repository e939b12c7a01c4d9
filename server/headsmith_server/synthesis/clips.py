"""Moving heads: curves of speech, blinks, gaze, moods and head motion, and the frames of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.backgrounds import draw_background
from headsmith_server.synthesis.cameras import Shot, draw_shot
from headsmith_server.synthesis.expressions import MOODS, VISEMES, coherent, gaze
from headsmith_server.synthesis.lights import draw_room, light_of
from headsmith_server.synthesis.people import person
from headsmith_server.synthesis.portraits import Take, face_frame, head_scene, photograph
from headsmith_server.synthesis.sample import PortraitSample
from headsmith_server.synthesis.streams import stream
from headsmith_server.synthesis.threads import one_thread
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES

Float32 = NDArray[np.float32]

FPS: Final = 30.0
SYLLABLES_PER_S: Final = 4.5
BLINKS_PER_S: Final = 0.3
BLINK_S: Final = 0.22
"""Closing takes a third of a blink, opening the rest."""
MOST_TURN: Final = (14.0, 8.0, 6.0)
"""Most yaw, pitch and roll in degrees away from the clip's usual pose."""


@dataclass(frozen=True)
class Curves:
    """weights: float32 [F, 52] in ARKit's order, 0..1; turn: float32 [F, 3], degrees of head yaw (to the subject's
    left), pitch (up) and roll against the first pose; fps; said: the visemes and moods in order."""

    weights: Float32
    turn: Float32
    fps: float
    said: tuple[str, ...]


def draw_curves(draws: np.random.Generator, frames: int, fps: float = FPS) -> Curves:
    """Random curves: phrases of visemes with pauses, slow moods beneath, blinks, darting eyes, a head that sways."""
    times = np.arange(frames) / fps
    length = max(frames / fps, 1e-3)
    weights, said = _moods(draws, times, length)
    spoken, visemes = _speech(draws, times, length)
    weights = weights * (1.0 - 0.4 * spoken.max(axis=1, keepdims=True).clip(0, 1)) + spoken
    weights += _eyes(draws, times, length)
    weights[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] += _blinks(draws, times, length)[:, None]
    turn = np.stack([most * _sway(draws, times, length) for most in MOST_TURN], axis=1)
    return Curves(
        np.stack([coherent(row.astype(np.float32)) for row in weights]), turn.astype(np.float32), fps, (*said, *visemes)
    )


@one_thread()
def clip(
    seed: int,
    index: int,
    model: HeadModel,
    frames: int = 32,
    size: int = 256,
    device: torch.device | None = None,
    fps: float = FPS,
) -> tuple[list[PortraitSample], Curves]:
    """The frames of one clip of person `index`, and the curves behind them; a pure function of its arguments.

    Light, backdrop and lens stay; the head's motion is the camera's, turned round.
    """
    who = person(seed, index, model)
    scene = head_scene(seed, index, who, model, device)
    curves = draw_curves(stream(seed, index, "curves"), frames, fps)
    vertices = scene.vertices(torch.from_numpy(curves.weights).to(scene.device))
    frame = face_frame(model, scene.head.neutral.cpu().numpy())
    usual = draw_shot(stream(seed, index, "clip camera"))
    kind, room, target = draw_room(stream(seed, index, "clip light"))
    lit_from = 0.5 * usual.yaw
    backdrop = draw_background(stream(seed, index, "clip backdrop"), light_of(kind, room, lit_from, target), size)
    samples = []
    for number in range(frames):
        yaw, pitch, roll = (float(value) for value in curves.turn[number])
        shot = Shot(usual.focal_mm, usual.yaw - yaw, usual.pitch - pitch, usual.roll - roll, usual.fill, usual.shift)
        light = light_of(kind, room, lit_from - yaw, target)
        name = "clip"
        take = Take(seed, index, number, who, name, curves.weights[number], shot, light, backdrop)
        samples.append(photograph(scene, take, vertices[number], frame, size, stream(seed, index, "clip darkroom")))
    return samples, curves


def _speech(draws: np.random.Generator, times: Float32, length: float) -> tuple[Float32, list[str]]:
    """Weights [F, 52] of phrases with pauses between them, and what is said."""
    weights = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    said: list[str] = []
    if draws.random() < 0.25:
        return weights, said
    vowels = ["aa", "E", "I", "O", "U"]
    consonants = [name for name in VISEMES if name not in vowels and name != "sil"]
    at, loudness = float(draws.uniform(0.0, 0.4)), float(draws.uniform(0.5, 1.05))
    while at < length:
        for _ in range(int(draws.integers(4, 14))):
            for name in (str(draws.choice(consonants)), str(draws.choice(vowels))):
                duration = float(draws.uniform(0.7, 1.3)) * 0.5 / SYLLABLES_PER_S
                # neighbours overlap: a mouth is on its way to the next sound before the last has ended
                bump = np.exp(-(((times - at - 0.5 * duration) / (0.62 * duration)) ** 2))
                for shape, weight in VISEMES[name].items():
                    weights[:, ARKIT_INDEX[shape]] += (loudness * weight * bump).astype(np.float32)
                said.append(name)
                at += duration
        at += float(draws.uniform(0.25, 0.9))
    return weights, said


def _moods(draws: np.random.Generator, times: Float32, length: float) -> tuple[Float32, list[str]]:
    weights = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    said: list[str] = []
    at = float(draws.uniform(-1.0, 0.5))
    while at < length:
        name, holds = str(draws.choice(list(MOODS))), float(draws.uniform(0.8, 2.5))
        ramp = float(draws.uniform(0.2, 0.5))
        bump = (
            1.0 / (1.0 + np.exp(-(times - at) / (0.25 * ramp))) / (1.0 + np.exp((times - at - holds) / (0.25 * ramp)))
        )
        for shape, weight in MOODS[name].items():
            weights[:, ARKIT_INDEX[shape]] += (float(draws.uniform(0.5, 1.0)) * weight * bump).astype(np.float32)
        said.append(name)
        at += holds + float(draws.uniform(0.0, 1.5))
    return weights, said


def _blinks(draws: np.random.Generator, times: Float32, length: float) -> Float32:
    shut = np.zeros(len(times), np.float32)
    at = float(draws.exponential(0.5 / BLINKS_PER_S))
    while at < length:
        phase = (times - at) / BLINK_S
        bump = np.where(phase < 1 / 3, 3.0 * phase, 1.5 * (1.0 - phase)).clip(0.0, 1.0)
        shut = np.maximum(shut, bump * bump * (3.0 - 2.0 * bump))
        at += BLINK_S + float(draws.exponential(1.0 / BLINKS_PER_S))
    return shut.astype(np.float32)


def _eyes(draws: np.random.Generator, times: Float32, length: float) -> Float32:
    """Fixations with quick jumps between them."""
    weights = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    at, where, last = 0.0, np.zeros(2), np.zeros(2)
    yaw, pitch = np.zeros(len(times)), np.zeros(len(times))
    while at < length:
        last, where = where, np.array([draws.normal(0.0, 8.0), draws.normal(0.0, 4.0)])
        jump = ((times - at) / 0.05).clip(0.0, 1.0)
        now = times >= at
        yaw = np.where(now, last[0] + (where[0] - last[0]) * jump, yaw)
        pitch = np.where(now, last[1] + (where[1] - last[1]) * jump, pitch)
        at += float(draws.uniform(0.4, 2.0))
    for number in range(len(times)):
        weights[number] = gaze(float(yaw[number]), float(pitch[number]))
    return weights


def _sway(draws: np.random.Generator, times: Float32, length: float) -> Float32:
    """A smooth curve within -1..1 that starts anywhere: sines of a few slow frequencies."""
    total = np.zeros(len(times))
    for frequency in (0.15, 0.4, 0.9):
        total += draws.normal() * 0.35 / (1.0 + frequency) * np.sin(2 * np.pi * (frequency * times + draws.random()))
    return np.tanh(total).astype(np.float32)
