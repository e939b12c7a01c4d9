"""render_strands: hair as antialiased lines, composited exactly from front to back.

Each segment is crossed by one sample a pixel column (or row, where it is steep), spread over the pixels that its width
covers, so that no sampling pattern shows; every (pixel, depth) is sorted once, and transmittances are sums of optical
depths along each pixel's run. The same strands, cameras and lights give the same picture on one device class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.render.cameras import Camera
from headsmith_server.render.lights import Lights
from headsmith_server.render.strand_lighting import StrandLights, StrandVolume, Thickness, strand_lights
from headsmith_server.render.strand_scattering import scatter

DEPTH_BITS: Final = 24
FEWEST_DEPTH_BITS: Final = 13
MAX_TAPS: Final = 8
# A strand that lies on skin is neither hidden by a pixel's error in the skin's depth nor ends in a hard edge there.
DEPTH_BIAS_M: Final = 0.0012
DEPTH_FADE_M: Final = 0.0012
HIDDEN_TRANSMITTANCE: Final = 0.004
MIN_ALPHA: Final = 1e-3
TILE: Final = 4
FULL_COVER: Final = 4.0
"""Of hair that covers a tile and its neighbours so many times over, the front is taken to be opaque."""
AMBIENT_GAIN: Final = 1.5
"""The outermost hair sees half of what is around; a mass of it in even light still has its own colour."""


@dataclass(frozen=True)
class StrandImage:
    """rgba [B, H, W, 4] linear, premultiplied; depth [B, H, W] metres along the viewing axis, inf where nothing is."""

    rgba: Float[Tensor, "b h w 4"]
    depth: Float[Tensor, "b h w"]


@torch.no_grad()
def render_strands(
    points: Float[Tensor, "... s p 3"],
    radii: Float[Tensor, "s p"],
    colours: Float[Tensor, "s 3"],
    camera: Camera,
    lights: Lights,
    depth: Float[Tensor, "b h w"],
    occluder: Float[Tensor, "v 3"] | None = None,
    roughness: float = 0.3,
    specular: float = 1.0,
) -> StrandImage:
    """Render S strands of P points (metres, root first) of linear colours from B cameras.

    points: one set for all cameras [S, P, 3] or one a camera [B, S, P, 3]; depth: of the head, metres along the line of
    sight, inf where nothing is (Buffers.depth); occluder: points on the head's skin, which shade the hair; roughness
    0.1 (wet) .. 0.6 (frizzy); specular: factor of the highlights. With one set of points and of lights the views share
    the light's way through the hair. On any device.
    """
    if not len(radii):
        return StrandImage(depth.new_zeros(*depth.shape, 4), torch.full_like(depth, torch.inf))
    posed = points.ndim == 4 and len(points) > 1
    single = points if points.ndim == 3 else points[0]
    shared = None
    if not posed and not _varied(lights):
        shared = _Lit.of(single, radii, colours, lights, 0, occluder, roughness, specular)
    images = []
    for number in range(len(camera)):
        own = points[number] if posed else single
        lit = shared or _Lit.of(own, radii, colours, lights, number, occluder, roughness, specular)
        images.append(_render_view(lit, radii, camera[number : number + 1], depth[number]))
    return StrandImage(torch.stack([image[0] for image in images]), torch.stack([image[1] for image in images]))


def _varied(lights: Lights) -> bool:
    """Whether the images of a batch have different lights."""
    parts: list[Tensor | None] = [lights.harmonics, lights.turn]
    if lights.directional is not None:
        parts.append(lights.directional.directions)
    if lights.point is not None:
        parts.append(lights.point.positions)
    return any(part is not None and len(part) > 1 for part in parts)


@dataclass(frozen=True)
class _Lit:
    """Strands and what stands in light's way, whatever the view. points [S, P, 3]; towards: for each light."""

    points: Tensor
    colours: Tensor
    lights: StrandLights
    towards: tuple[Thickness, ...]
    around: Thickness
    roughness: float
    specular: float

    @staticmethod
    def of(
        points: Tensor, radii: Tensor, colours: Tensor, lights: Lights, image: int, occluder: Tensor | None,
        roughness: float, specular: float,
    ) -> _Lit:  # fmt: skip
        volume = StrandVolume(points, radii, occluder)
        own = strand_lights(lights, points[:, 0].mean(0), image)
        towards = tuple(volume.towards(way) for way in own.directions)
        return _Lit(points, colours.clamp(0.0, 1.0), own, towards, volume.around(), roughness, specular)

    def radiance(self, some: Tensor, camera: Camera) -> Tensor:
        """Linear radiance [M, 3] of the points numbered `some` towards the eye."""
        count = self.points.shape[1]
        flat = self.points.reshape(-1, 3)
        strand, number = some // count, some % count
        points = flat.index_select(0, some)
        ahead = flat.index_select(0, some + (number < count - 1).long())
        behind = flat.index_select(0, some - (number > 0).long())
        tangents = functional.normalize(ahead - behind, dim=-1)
        colours = self.colours.index_select(0, strand)
        # A low-discrepancy sequence in place of noise: the same for each strand whatever else is rendered.
        turns = torch.remainder(strand * 0.6180339887498949, 1.0).clamp(0.02, 0.98)
        jitter = torch.erfinv(turns * 2.0 - 1.0) * 1.4142
        if camera.orthographic:
            to_eye = camera.backward.expand_as(points)
        else:
            to_eye = functional.normalize(camera.position - points, dim=-1)
        # Fibres hand light on forwards, pale ones more: the way through them costs less than they cover.
        loss = 0.85 - 0.6 * colours.sqrt()
        through = self.around.at(points)
        out = torch.zeros_like(colours)
        for axis in range(6):
            out += torch.exp(-through[:, axis, None] * loss) * (self.lights.ambient[axis] * (AMBIENT_GAIN / 6.0))
        out *= colours
        for way, strength, thickness in zip(self.lights.directions, self.lights.irradiance, self.towards, strict=True):
            single, multiple = scatter(tangents, way, to_eye, colours, jitter, self.roughness)
            out += (self.specular * single + multiple) * torch.exp(-thickness.at(points) * loss) * strength
        return out


def _render_view(lit: _Lit, radii: Tensor, camera: Camera, head: Tensor) -> tuple[Tensor, Tensor]:
    strands, count = radii.shape
    height, width = head.shape
    view, projection = camera.view[0], camera.projection[0]
    seen = lit.points.reshape(-1, 3) @ view[:3, :3].T + view[:3, 3]
    clip = seen @ projection[[0, 1, 3], :3].T + projection[[0, 1, 3], 3]
    w = clip[:, 2].clamp_min(1e-6)
    x, y = (0.5 + 0.5 * clip[:, 0] / w) * width, (0.5 - 0.5 * clip[:, 1] / w) * height
    z = -seen[:, 2]
    diameter = radii.reshape(-1) * (projection[1, 1] * height) / w  # pixels
    open_ = _open(x, y, z, head) & (clip[:, 2] > 1e-6)
    either = open_.view(strands, count)
    first = (either[:, :-1] | either[:, 1:]).nonzero()
    first = first[:, 0] * count + first[:, 1]
    table = torch.stack([x, y, z, diameter], dim=1)
    first, thick = _uncovered(table, first, height, width)
    samples = _cross(table, first, height, width)
    return _composite(lit, camera, samples, *_spread(samples, head), z, thick, height, width)


@dataclass(frozen=True)
class _Samples:
    """Where segments cross pixel columns (or rows): the point that the segment starts at, the share of its way, the
    pixel's number along the axis that is stepped, whether that is x, the place on the other axis in pixels, the width
    of the cut along that axis in pixels, and the depth in metres."""

    first: Tensor
    share: Tensor
    step: Tensor
    flat: Tensor
    minor: Tensor
    cut: Tensor
    depth: Tensor


def _open(x: Tensor, y: Tensor, z: Tensor, head: Tensor) -> Tensor:
    """Which points may show: in the picture, and before the head or near its rim."""
    height, width = head.shape
    far = functional.max_pool2d(head[None, None].clamp(max=1e6), 8, 8, ceil_mode=True)
    far = functional.max_pool2d(far, 3, 1, 1)[0, 0]
    rows, columns = far.shape
    cell = (y * 0.125).long().clamp(0, rows - 1) * columns + (x * 0.125).long().clamp(0, columns - 1)
    inside = (x > -MAX_TAPS) & (x < width + MAX_TAPS) & (y > -MAX_TAPS) & (y < height + MAX_TAPS)
    return inside & (z < far.view(-1).index_select(0, cell) + 2.0 * (DEPTH_BIAS_M + DEPTH_FADE_M))


def _uncovered(table: Tensor, first: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Those of the segments from the points `first` that do not lie behind so much hair that little of them can show,
    and where there is so much, bool [rows, columns] of tiles.

    Each tile of the picture collects the areas of the segments in it from front to back; the depth where they cover it
    many times over is its limit, of which the farthest among its neighbours' counts.
    """
    rows, columns = (height + TILE - 1) // TILE, (width + TILE - 1) // TILE
    begin = table.index_select(0, first)
    way = table.index_select(0, first + 1) - begin
    area = torch.linalg.vector_norm(way[:, :2], dim=1) * (begin[:, 3] + 0.5 * way[:, 3]) * (0.5 / TILE**2)
    halves = torch.cat([begin + 0.25 * way, begin + 0.75 * way])
    column = (halves[:, 0] * (1.0 / TILE)).long().clamp(0, columns - 1)
    row = (halves[:, 1] * (1.0 / TILE)).long().clamp(0, rows - 1)
    tile, depth = row * columns + column, halves[:, 2]
    near = depth.min() if len(depth) else depth.sum()
    levels = ((depth - near) * 2.0**20).long().clamp(0, 2**DEPTH_BITS - 1)  # micrometres
    order = ((tile << DEPTH_BITS) + levels).sort(stable=True).indices
    sorted_tile = tile.index_select(0, order)
    covered = torch.cat([area, area]).index_select(0, order).double().cumsum(0)
    starts = torch.searchsorted(sorted_tile, torch.arange(rows * columns, device=first.device))
    before = torch.cat([covered.new_zeros(1), covered]).index_select(0, starts)
    full = (covered - before.index_select(0, sorted_tile) > FULL_COVER).nonzero()[:, 0]
    limit = torch.full((rows * columns,), torch.inf, dtype=depth.dtype, device=first.device)
    limit.scatter_reduce_(
        0, sorted_tile.index_select(0, full), depth.index_select(0, order).index_select(0, full), "amin"
    )
    limit = functional.max_pool2d(limit.view(1, 1, rows, columns).clamp(max=1e6), 3, 1, 1).view(-1)
    seen = (depth < limit.index_select(0, tile)).view(2, -1)
    uncovered = (seen[0] | seen[1]).nonzero()[:, 0]
    return first.index_select(0, uncovered), (limit < 1e6).view(rows, columns)


def _cross(table: Tensor, first: Tensor, height: int, width: int) -> _Samples:
    """Cut the segments from the points `first` to the next; table [N, 4]: x, y, depth, diameter of the points."""
    begin = table.index_select(0, first)
    way = table.index_select(0, first + 1) - begin
    dx, dy = way[:, 0], way[:, 1]
    flat = dx.abs() >= dy.abs()
    start, other_start = torch.where(flat, begin[:, :2].T, begin[:, :2].flip(1).T)
    along, across = torch.where(flat, way[:, :2].T, way[:, :2].flip(1).T)
    along = torch.where(along.abs() < 1e-6, 1e-6, along)
    limit = torch.where(flat, width, height).int()
    low = (torch.minimum(start, start + along) - 0.5).ceil().int().clamp_min(0)
    high = torch.minimum((torch.maximum(start, start + along) - 0.5).ceil().int(), limit)  # half open
    number = (high - low).clamp_min(0)
    segment = torch.repeat_interleave(number)
    step = torch.arange(len(segment), device=first.device, dtype=torch.int32)
    step -= (number.cumsum(0, dtype=torch.int32) - number - low).index_select(0, segment)
    inverse = along.reciprocal()
    stretch = (1.0 + (across * inverse).square()).sqrt()
    rows = torch.stack(
        [
            (0.5 - start) * inverse, inverse, other_start, across,
            begin[:, 3] * stretch, way[:, 3] * stretch, begin[:, 2], way[:, 2],
        ],
        dim=1,
    ).index_select(0, segment)  # fmt: skip
    share = (rows[:, 0] + step * rows[:, 1]).clamp(0.0, 1.0)
    return _Samples(
        first.index_select(0, segment), share, step, flat.index_select(0, segment),
        rows[:, 2] + share * rows[:, 3], rows[:, 4] + share * rows[:, 5], rows[:, 6] + share * rows[:, 7],
    )  # fmt: skip


def _spread(samples: _Samples, head: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels that each sample covers before the head: (pixel, sample, alpha 0..1), M of each."""
    height, width = head.shape
    wide = samples.cut.clamp(1e-4, MAX_TAPS - 1.0)
    box = wide.clamp_min(1.0)
    low = samples.minor - 0.5 * box
    high = low + box
    base = low.floor()
    taps = int(box.max().ceil().item()) + 1 if len(box) else 1
    limit = torch.where(samples.flat, height, width).int()
    scale = torch.where(samples.flat, width, 1).int()  # how far in the picture's memory one pixel across is
    origin = samples.step * torch.where(samples.flat, 1, width).int()
    middle = torch.minimum(samples.minor.int().clamp_min(0), limit - 1) * scale + origin
    free = head.reshape(-1).index_select(0, middle) + (DEPTH_BIAS_M + DEPTH_FADE_M) - samples.depth
    # Thinner than a pixel: a pixel wide and as much paler.
    strength = wide.clamp_max(1.0) * (free * (1.0 / DEPTH_FADE_M)).clamp(0.0, 1.0)
    pixels: list[Tensor] = []
    numbers: list[Tensor] = []
    covers: list[Tensor] = []
    for tap in range(taps):
        near = base + tap
        cover = (torch.minimum(high, near + 1.0) - torch.maximum(low, near)) * strength
        cell = near.int()
        kept = ((cover > MIN_ALPHA) & (cell >= 0) & (cell < limit)).nonzero()[:, 0].int()
        pixels.append((cell * scale + origin).index_select(0, kept))
        numbers.append(kept)
        covers.append(cover.index_select(0, kept))
    return torch.cat(pixels), torch.cat(numbers), torch.cat(covers).clamp_max(1.0)


def _composite(
    lit: _Lit, camera: Camera, samples: _Samples, pixel: Tensor, sample: Tensor, alpha: Tensor, z: Tensor,
    thick: Tensor, height: int, width: int,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    rgba = z.new_zeros(height * width, 4)
    depth = torch.full_like(rgba[:, 0], torch.inf)
    if not len(pixel):
        return rgba.view(height, width, 4), depth.view(height, width)
    # Small pictures' pixels and depths fit into 32 bits, which sort twice as fast.
    bits = 31 - (height * width - 1).bit_length()
    if bits < FEWEST_DEPTH_BITS:
        bits, pixel = DEPTH_BITS, pixel.long()
    near = samples.depth.min()
    levels = (samples.depth - near) * ((2**bits - 1) / (samples.depth.max() - near).clamp_min(1e-9))
    keys, order = ((pixel << bits) + levels.to(pixel.dtype).index_select(0, sample)).sort(stable=True)
    pixel, sample, alpha = keys >> bits, sample.index_select(0, order), alpha.index_select(0, order)
    optical = -torch.log1p(-alpha.clamp(max=0.999)).double()
    before = optical.cumsum(0) - optical
    runs, lengths = torch.unique_consecutive(pixel, return_counts=True)
    starts = lengths.cumsum(0) - lengths
    runs = runs.long()
    run = torch.repeat_interleave(lengths)
    transmitted = torch.exp((before.index_select(0, starts).index_select(0, run) - before).float())
    shown = (transmitted > HIDDEN_TRANSMITTANCE).nonzero()[:, 0]
    weight, sample = (alpha * transmitted).index_select(0, shown), sample.index_select(0, shown)
    kept = torch.bincount(run.index_select(0, shown), minlength=len(runs))
    # Light only what shows; a sample mixes the two points that its segment joins.
    first, share = samples.first.index_select(0, sample), samples.share.index_select(0, sample)
    used = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    used[first.long()] = True
    used[1:] |= used[:-1].clone()
    some = used.nonzero()[:, 0]
    table = torch.cat([lit.radiance(some, camera), z.new_ones(len(some), 1), z.index_select(0, some)[:, None]], dim=1)
    begin = (used.cumsum(0) - 1).index_select(0, first)
    later = weight * share
    sums = functional.embedding_bag(
        torch.stack([begin, begin + 1], dim=1).view(-1),
        table,
        2 * (kept.cumsum(0) - kept),
        mode="sum",
        per_sample_weights=torch.stack([weight - later, later], dim=1).view(-1),
    )
    reached = sums[:, 3:4].clamp_min(1e-6)
    # What was left out behind thick hair would have made it opaque.
    behind = thick.view(-1)[(runs // width // TILE) * thick.shape[1] + runs % width // TILE]
    solid = behind[:, None] & (reached > 0.9)
    rgba[runs] = torch.where(solid, sums[:, :4] / reached, sums[:, :4])
    depth[runs] = (sums[:, 4:] / reached)[:, 0]
    return rgba.view(height, width, 4), depth.view(height, width)
