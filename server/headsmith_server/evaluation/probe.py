"""A linear probe: what can be read off plain image features by one matrix."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE: Final = 96
"""Faces are probed as squares of this many pixels."""
SKIN_COLOURS: Final = 43
COARSE: Final = 12
"""Colours are read from a grid of this many cells a side, in CIE Lab."""


def face_square(image: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The face of an RGB image [H, W, 3], upright by its 68 landmarks [68, 2]: uint8 [SIDE, SIDE, 3]."""
    marks = np.asarray(landmarks, np.float64)
    eyes = np.array([marks[36:42].mean(axis=0), marks[42:48].mean(axis=0)])
    centre = (eyes.mean(axis=0) + marks[48:60].mean(axis=0)) / 2.0
    across = eyes[1] - eyes[0]
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    height = float(np.linalg.norm(eyes.mean(axis=0) - marks[48:60].mean(axis=0)))
    zoom = 0.36 * SIDE / max(height, 1e-6)
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, zoom)
    matrix[:, 2] += SIDE / 2.0 - centre
    turned = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def plain_features(face: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Edges (histograms of oriented gradients, Dalal and Triggs 2005) and coarse colours of a face square: [D].

    Nothing learned, so that nothing that a recogniser knows can leak in.
    """
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    edges = np.asarray(cv2.HOGDescriptor((SIDE, SIDE), (24, 24), (12, 12), (12, 12), 9).compute(grey)).ravel()
    lab = cv2.cvtColor(face.astype(np.float32) / np.float32(255.0), cv2.COLOR_RGB2LAB)
    colours = cv2.resize(lab, (COARSE, COARSE), interpolation=cv2.INTER_AREA).ravel() / np.float32(50.0)
    return np.concatenate([edges, colours]).astype(np.float32)


def skin_colours(image: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> NDArray[np.float32]:
    """Logarithmic linear colours of both cheeks, nose tip, forehead and chin, of the whites of the eyes, and the
    differences that light of one colour leaves alone: [43]. image: RGB [H, W, 3]; landmarks: the 68 in pixels."""
    marks = np.asarray(landmarks, np.float64)
    linear = (image.astype(np.float32) / np.float32(255.0)) ** np.float32(2.2)
    between = float(np.linalg.norm(marks[36:42].mean(axis=0) - marks[42:48].mean(axis=0)))
    places = (
        marks[[1, 31, 41]].mean(axis=0),
        marks[[15, 35, 46]].mean(axis=0),
        marks[30],
        marks[27] - (0.0, 0.45 * between),
        marks[8] - (0.0, 0.12 * between),
    )
    reach = max(2.0, 0.09 * between)
    skin = np.stack([_median(linear, place - reach, place + reach, 50.0) for place in places])
    sides = (marks[36:42], marks[42:48])
    white = np.mean([_median(linear, side.min(axis=0), side.max(axis=0), 90.0) for side in sides], axis=0)
    hues = [skin[:, 0] - skin[:, 2], skin[:, 0] - skin[:, 1]]
    return np.concatenate([skin.ravel(), white, (skin - white).ravel(), *hues]).astype(np.float32)


def _median(
    linear: NDArray[np.float32], low: NDArray[np.floating], high: NDArray[np.floating], percent: float
) -> NDArray[np.float64]:
    """Logarithm of a percentile of the colours in a box (columns and rows), of black outside the picture."""
    column, row = np.floor(low).astype(int).clip(0)
    box = linear[row : int(high[1]) + 1, column : int(high[0]) + 1].reshape(-1, 3)
    return np.log((np.percentile(box, percent, axis=0) if len(box) else np.zeros(3)) + 0.01)


def probe_accuracy(
    features: NDArray[np.floating],
    labels: NDArray[np.integer],
    train: NDArray[np.bool_],
    ridge: float = 1000.0,
    weights: NDArray[np.floating] | None = None,
) -> float:
    """Balanced accuracy over chance of a ridge classifier: 0 is guessing, 1 is always right.

    features [N, D], standardised here; labels [N], classes from 0; train [N]: the samples it is fitted on, the others
    are judged; weights [D]: of the features, ones when None.
    Raises ValueError when a class is missing on either side.
    """
    x = np.asarray(features, np.float64)
    mean, deviation = x[train].mean(axis=0), x[train].std(axis=0) + 1e-6
    x = (x - mean) / deviation
    if weights is not None:
        x = x * weights
    classes = np.unique(labels)
    if any(not (labels[side] == name).any() for name in classes for side in (train, ~train)):
        raise ValueError("a class is missing among the samples that are fitted or judged")
    # Classes count alike however many samples they have: each row is weighted by its class's share.
    shares = np.array([1.0 / (labels[train] == name).sum() for name in labels[train]])
    shares *= train.sum() / shares.sum()
    targets = np.where(labels[train][:, None] == classes[None], 1.0, -1.0)
    design = np.concatenate([x[train], np.ones((int(train.sum()), 1))], axis=1)
    root = np.sqrt(shares)[:, None]
    gram = (design * root) @ (design * root).T + ridge * np.eye(len(design))
    answer = (design * root).T @ np.linalg.solve(gram, targets * root)
    scores = np.concatenate([x[~train], np.ones((int((~train).sum()), 1))], axis=1) @ answer
    guessed = classes[scores.argmax(axis=1)]
    accuracy = float(np.mean([(guessed[labels[~train] == name] == name).mean() for name in classes]))
    chance = 1.0 / len(classes)
    return (accuracy - chance) / (1.0 - chance)
