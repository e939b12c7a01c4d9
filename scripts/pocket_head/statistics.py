"""Identity: one population of heads out of ICT-FaceKit's and MakeHuman's, and its principal modes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head.makehuman import ETHNICITIES, SEXES
from scripts.pocket_head.registration import Registration

MODES: Final = 80
MAKEHUMAN_SHARE: Final = 0.35
"""Spread that MakeHuman's shapes add to the population, in their own standard deviations: ICT knows adults only."""
SEMANTIC_SHARE: Final = 0.4
"""The same for the named directions: how many of their units one standard deviation of the extra modes is."""
NECK_NOISE: Final = 0.0035
"""Metres, rms: how near a neck is taken to be to the mean's. ICT's necks vary by posture and by how scans end."""


@dataclass(frozen=True)
class Basis:
    """Modes as mixtures of source fields: mixture float64 [K, S]; directions float64 [A, K] in mode coefficients."""

    mixture: NDArray[np.float64]
    directions: NDArray[np.float64]


def makehuman_fields(registration: Registration) -> NDArray[np.float64]:
    """float64 [N, 26719, 3]: MakeHuman's macro mixes about their mean, each as a field worth one draw in N."""
    bodies = [(age, ethnicity, sex) for age in ("child", "young", "old") for ethnicity in ETHNICITIES for sex in SEXES]
    fields = np.stack(
        [registration.symmetric(registration.transfer(registration.makehuman.macro(*body))) for body in bodies]
    )
    return (fields - fields.mean(0)) / np.sqrt(len(bodies) - 1)


def build_basis(
    sources: NDArray[np.float64],
    spread: NDArray[np.float64],
    semantics: NDArray[np.integer],
    weights: NDArray[np.float64],
    neck: NDArray[np.float64],
    modes: int = MODES,
) -> Basis:
    """Principal modes of the population sum_s (spread_s * source_s)^2, then what the named directions add.

    sources float64 [S, V, 3]: skin deltas; the last A of them are the named directions in their units.
    spread [S]: each source's standard deviation in the population. semantics [A]: their rows in sources.
    weights [V]: how much a vertex counts for choosing modes; neck [V]: 0..1, vertices whose variation is reduced
    to NECK_NOISE by conditioning the population on a nearly average neck.
    """
    flat = sources.reshape(len(sources), -1)
    weighted = flat * np.repeat(np.sqrt(weights / weights.sum()), 3)
    gram = weighted @ weighted.T
    population = np.diag(spread)
    neck_flat = flat * np.repeat(np.sqrt(neck / neck.sum()), 3)
    observed = population @ (neck_flat @ neck_flat.T) @ population / NECK_NOISE**2
    # Posterior of N(0, I) source coefficients after seeing a neck of zero deviation with that noise.
    root = population @ _inverse_root(np.eye(len(spread)) + observed / 3.0)
    principal = _principal(root, gram, modes)
    projection = principal @ gram @ principal.T
    aims = np.zeros((len(semantics), len(spread)))
    aims[np.arange(len(semantics)), semantics] = 1.0
    known = np.linalg.solve(projection, principal @ gram @ aims.T).T
    rest = aims - known @ principal
    extra = _principal((SEMANTIC_SHARE * rest).T, gram, len(semantics))
    mixture = np.concatenate([principal, extra])
    both = mixture @ gram @ mixture.T
    directions = np.linalg.solve(both + 1e-12 * np.trace(both) * np.eye(len(both)), mixture @ gram @ aims.T).T
    return Basis(mixture, directions)


def _inverse_root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors / np.sqrt(values)) @ vectors.T


def _principal(root: NDArray[np.float64], gram: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """[count, S]: mixtures of sources that are the principal modes of the covariance root @ root.T, by size."""
    values, vectors = np.linalg.eigh(root.T @ gram @ root)
    order = np.argsort(values)[::-1][:count]
    mixed = (root @ vectors[:, order]).T
    return mixed * np.sign(mixed[np.arange(len(mixed)), np.abs(mixed).argmax(1)])[:, None]


def parted(modes: NDArray[np.float64], mirror: NDArray[np.integer]) -> NDArray[np.float64]:
    """Modes [K, V, 3] made exactly symmetric or exactly antisymmetric, whichever they nearly are; mixed ones stay."""
    flipped = modes[:, mirror] * np.array([-1.0, 1.0, 1.0])
    energy = (modes * modes).sum((1, 2))
    agreement = (modes * flipped).sum((1, 2)) / np.maximum(energy, 1e-30)
    sign = np.where(np.abs(agreement) > 0.9, np.sign(agreement), 0.0)[:, None, None]
    return np.where(sign == 0.0, modes, 0.5 * (modes + sign * flipped))
