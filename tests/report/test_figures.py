"""Figures for papers: the size that was asked for, everything inside it, a key, and the same bytes every time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from errata.categories import CATEGORY_COLUMNS
from errata.drawing.style import GREYS, SHEETS, shortened, text_width, wrapped, write_figure
from errata.errors import InputError
from errata.figures import draw_compare, draw_profile, draw_trend, pair_of
from errata.looks import LOOKS
from errata.results import Results
from mistakes.answered import answered_world
from report.conftest import with_answers

Make = Callable[..., Results]
LONG = "a_model_with_a_name_that_is_very_long_indeed_and_ends_in_224.some_recipe_in21k_ft_in1k"


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def sticking_out(figure: Figure) -> float:
    """How many inches what is drawn is beyond the figure's sides."""
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    return max(-box.x0, -box.y0, box.x1 - width, box.y1 - height)


@pytest.fixture(scope="module")
def drawn(make_inputs: Make, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Figure]:
    """Return a function that draws a figure of a kind of two models, one of which has a long name."""
    inputs = make_inputs(LONG, "short")
    world = answered_world(checked=True, models=(LONG, "short"))
    pair = pair_of(with_answers(inputs, world, tmp_path_factory.mktemp("atlas")), LONG, "short")

    def draw(kind: str, **how: object) -> Figure:
        if kind == "compare":
            return draw_compare(pair, **how)
        return {"profile": draw_profile, "trend": draw_trend}[kind](inputs, **how)

    return draw


@pytest.mark.parametrize("width", SHEETS)
@pytest.mark.parametrize("kind", ["profile", "trend", "compare"])
def test_a_figure_is_as_wide_as_it_is_for_and_nothing_sticks_out(drawn: Callable[..., Figure], kind: str, width: str):
    figure = drawn(kind, width=width)
    assert figure.get_size_inches()[0] == SHEETS[width].width
    assert sticking_out(figure) <= 0.01


@pytest.mark.parametrize("width", SHEETS)
@pytest.mark.parametrize("kind", ["profile", "trend", "compare"])
def test_no_letters_are_smaller_than_a_reader_can_read(drawn: Callable[..., Figure], kind: str, width: str):
    sizes = {text.get_fontsize() for text in drawn(kind, width=width).findobj(Text) if text.get_text().strip()}
    assert min(sizes) >= 0.9 * SHEETS[width].letters
    assert SHEETS[width].letters >= 7


def test_a_profile_names_every_kind_of_error_that_it_shows(make_inputs: Make):
    inputs = make_inputs("a", checked=True)
    words = texts(draw_profile(inputs))
    for name in CATEGORY_COLUMNS:
        if inputs.profile[name].sum():
            assert LOOKS[name].label in words


def test_a_profile_of_one_model_has_a_bar_per_group_and_one_of_several_a_bar_per_model(make_inputs: Make):
    inputs = make_inputs("a", "b")
    assert {"all images", "organisms", "artifacts", "other"} <= set(texts(draw_profile(inputs, "a")))
    assert {"a", "b"} <= set(texts(draw_profile(inputs)))


def test_a_trend_names_the_model_and_the_published_models_that_are_nearest(make_inputs: Make):
    words = texts(draw_trend(make_inputs("mine")))
    assert "mine" in words
    assert any(word.isdigit() for word in words), "published models are called by numbers here"
    assert "40 published models" in words


def test_in_grey_no_two_categories_look_the_same():
    assert len(set(GREYS.values())) == len(GREYS)
    assert set(GREYS) == set(LOOKS)


@pytest.mark.parametrize("kind", ["profile", "trend", "compare"])
def test_a_grey_figure_has_no_colour(drawn: Callable[..., Figure], kind: str, tmp_path: Path):
    figure = drawn(kind, grey=True)
    figure.canvas.draw()
    pixels = memoryview(figure.canvas.buffer_rgba()).tolist()
    spread = max(max(pixel[:3]) - min(pixel[:3]) for row in pixels for pixel in row)
    # letters are a very dark blue-grey
    assert spread <= 24


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_equal_figures_give_equal_bytes(make_inputs: Make, kind: str, tmp_path: Path):
    for name in ("first", "second"):
        write_figure(draw_profile(make_inputs("a")), tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"first.{kind}").read_bytes() == (tmp_path / f"second.{kind}").read_bytes()


def test_a_file_of_another_kind_is_refused(make_inputs: Make, tmp_path: Path):
    with pytest.raises(InputError, match=r"figure\.gif: expected a name that ends in one of \.svg, \.png, \.pdf"):
        write_figure(draw_profile(make_inputs("a")), tmp_path / "figure.gif")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"width": "poster"}, "width 'poster'"), ({"model": "c"}, "model 'c'"), ({"group": "plants"}, "images 'plants'")],
)
def test_what_is_not_there_is_said_with_what_is(make_inputs: Make, wrong: dict, said: str):
    with pytest.raises(InputError, match=said):
        draw_profile(make_inputs("a", "b"), **wrong)


def test_without_published_results_there_is_no_trend(make_inputs: Make):
    with pytest.raises(InputError, match="no published results"):
        draw_trend(make_inputs("a", against=False))


def test_without_errors_there_is_no_trend(make_inputs: Make):
    inputs = make_inputs("a")
    perfect = inputs.having(comparison=inputs.comparison.filter(quantity="count"))
    with pytest.raises(InputError, match="make no errors here, so there is no share to set beside"):
        draw_trend(perfect)


def test_long_names_keep_their_beginning_and_their_end():
    name = shortened(LONG, 1.5, 7)
    assert text_width(name, 7) <= 1.5
    assert name.startswith("a_model")
    assert name.endswith("ft_in1k")


def test_labels_are_broken_between_words():
    lines = wrapped("fine-grained out of vocabulary", 1.0, 7).split("\n")
    assert len(lines) == 2
    assert all(text_width(line, 7) <= 1.0 for line in lines)
