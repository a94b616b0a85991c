"""Draw a dendrogram: which classes merge at which distance, and where it is cut."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from errata.classes.clustering import UNLIKE, Cut, Dendrogram
from errata.drawing.style import CLOUD, INK, MUTED, SHEETS, figure_style, new_figure, shortened, text_width

MOST_LEAVES = 1_200
"""Classes that have a line each; of more, every group has one."""

_LINE = 1.35
"""Height of a class, in letters."""

_LEAST = -4
"""The smallest share that is drawn, as a power of ten."""

_COLOURS = ("#1f6feb", "#bf4b00")
"""Of groups, in turn, so that neighbours differ."""


def draw_dendrogram(
    dendrogram: Dendrogram, cut: Cut, names: Sequence[str], groups: Sequence[str], *, axis: str, as_shares: bool = False
) -> Figure:
    """Draw a dendrogram from the left: a line per class, so that a figure of many classes is tall.

    `names`: of the classes.
    `groups`: the superclass of each class, empty where it has none.
    `axis`: what it shows.
    `as_shares`: whether distances are one minus a share; then the axis has shares, 100 % to 0.01 %, by powers of ten.
    """
    along = _powers_of_ten if as_shares else np.asarray
    sheet = SHEETS["page"]
    letters = sheet.letters
    members, count = dendrogram.members, len(names)
    by_group = count > MOST_LEAVES
    leaves = _leaves(dendrogram, cut if by_group else None)
    labels = [_label(members[leaf], names, groups, by_group=by_group) for leaf in leaves]
    room = min(max(text_width(label, letters) for label in labels) + 0.1, sheet.width * 0.45)
    above, below = 0.42, 0.1
    height = above + below + len(leaves) * letters * _LINE / 72
    with figure_style(letters):
        figure = new_figure(sheet.width, height)
        axes = figure.add_axes(
            (0.04, below / height, 0.94 - room / sheet.width, (height - above - below) / height),
            ylim=(len(leaves) - 0.5, -0.5),
            xlim=(float(along(dendrogram.heights).max()) * 1.02, 0),
        )
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        if as_shares:
            axes.set_xticks(range(1 - _LEAST), [f"{100 * 10.0**-power:g} %" for power in range(1 - _LEAST)])
        axes.set_xlabel(f"{axis}; dashed: where groups are cut", loc="left")
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.spines["top"].set_visible(True)
        axes.set_yticks([])
        axes.axvline(float(along(cut.height)), color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        _draw_merges(axes, dendrogram, along(dendrogram.heights), leaves, _colours(leaves, cut, members))
        for place, label in enumerate(labels):
            axes.annotate(
                shortened(label, room - 0.08, letters),
                (0, place),
                xytext=(3, 0),
                textcoords="offset points",
                verticalalignment="center",
                annotation_clip=False,
                color=INK if len(members[leaves[place]]) > 1 or groups[members[leaves[place]][0]] else MUTED,
            )
    return figure


def _leaves(dendrogram: Dendrogram, cut: Cut | None) -> list[int]:
    """Return the nodes that have a line, from top to bottom: classes, or the groups of a cut."""
    ends = set(cut.groups) if cut else set(range(len(dendrogram.merges) + 1))
    found, waiting = [], [2 * len(dendrogram.merges)]
    while waiting:
        node = waiting.pop()
        if node in ends:
            found.append(node)
        else:
            waiting += dendrogram.merges[node - len(dendrogram.merges) - 1].tolist()
    return found


def _label(members: Sequence[int], names: Sequence[str], groups: Sequence[str], *, by_group: bool) -> str:
    name = names[members[0]]
    return f"{groups[members[0]]} ({len(members)} classes)" if by_group and len(members) > 1 else name


def _colours(leaves: Sequence[int], cut: Cut, members: Sequence[Sequence[int]]) -> dict[int, str]:
    """Return the colour of every class that is in a group, in the order of the figure."""
    place = {leaf: at for at, node in enumerate(leaves) for leaf in members[node]}
    found = {}
    for number, group in enumerate(sorted(cut.groups.values(), key=lambda group: place[group[0]])):
        colour = _COLOURS[number % len(_COLOURS)] if len(group) > 1 else MUTED
        found |= dict.fromkeys(group, colour)
    return found


def _powers_of_ten(distances: np.ndarray | float) -> np.ndarray:
    return -np.log10(np.maximum(UNLIKE - np.asarray(distances), 10.0**_LEAST))


def _draw_merges(
    axes: Axes, dendrogram: Dendrogram, at_height: np.ndarray, leaves: Sequence[int], colours: dict[int, str]
) -> None:
    count = len(colours)
    at: dict[int, tuple[float, float]] = {leaf: (0.0, float(place)) for place, leaf in enumerate(leaves)}
    colour = dict(colours)
    merges = zip(dendrogram.merges.tolist(), at_height, strict=True)
    for node, ((left, right), height) in enumerate(merges, start=count):
        colour[node] = colour[left] if colour[left] == colour[right] else CLOUD
        if node not in at and left in at and right in at:
            (x, up), (z, down) = at[left], at[right]
            axes.plot([x, height, height, z], [up, up, down, down], color=colour[node], linewidth=0.7)
            at[node] = (float(height), (up + down) / 2)
