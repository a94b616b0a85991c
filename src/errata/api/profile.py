"""Profiles: what kinds of mistakes models make."""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from errata.api.comparison import Comparison, compare_models
from errata.api.given import accepted_kinds, check_order, in_python, say, sources_of
from errata.api.notebook import profile_html
from errata.atlas.compiled import Atlas
from errata.categories import CATEGORY_COLUMNS, PROVISIONAL_COLUMNS
from errata.classification import Classification, classify_answers, classify_predictions
from errata.classified import ClassifiedResults
from errata.errors import InputError, RefusedError, listed, shown
from errata.predictions.findings import Diagnosis
from errata.predictions.tables import ERROR_FILE
from errata.profiles.answers import Answers
from errata.profiles.summary import profile_markdown, profile_text, profile_values
from errata.results import Results
from errata.shipped import published_beside

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

_NAMED = 3


def profile_of(
    predictions: Any,
    atlas: Atlas,
    *,
    order: str | Path | None = None,
    names: Any = None,
    accept: str | Sequence[str] = (),
    skip_broken: bool = False,
) -> "Profile":
    """Profile predictions; what is to be warned of is in the profile, and not said."""
    warned: list[str] = []
    try:
        classification = classify_predictions(
            sources_of(predictions, atlas, names=names),
            atlas,
            order=check_order(order, names),
            accepted=accepted_kinds(accept),
            skip_broken=skip_broken,
            warn=warned.append,
        )
    except RefusedError as error:
        raise RefusedError(in_python(str(error)), status=error.status) from error
    return Profile(classification, [in_python(line) for line in warned])


class Profile:
    """The mistakes of one or more models by category.

    `errata.profile` and `errata.Accumulator.compute` make it. It prints as a table, and a notebook shows it as one.

    Attributes
    ----------
    warnings : tuple of str
        What the doctor warned of.
    results : errata.results.Results
        Every table behind the profile; a report is made from it.

    Examples
    --------
    >>> profile = errata.profile(["resnet50.csv", "vit.csv"])
    >>> profile.models
    ('resnet50', 'vit')
    >>> profile.table.filter(group="all").select("model", "images", "top1_errors", "multi_label", "fine_grained")
    shape: (2, 5)
    ...
    >>> profile["vit"]
    <Profile of 1 model on imagenet: vit 79.6 % top-1, 85.1 % MLA>
    """

    def __init__(self, classification: Classification, warnings: Sequence[str] = ()) -> None:
        """Profile what was classified."""
        self._classification = classification
        self.warnings = tuple(warnings)
        self.results: Results = ClassifiedResults(classification, published=published_beside(classification.atlas))

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, in the order in which they were given."""
        return self._classification.answers.models

    @property
    def atlas(self) -> Atlas:
        """The atlas that answers were looked up in."""
        return self._classification.atlas

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What the doctor says about every model, scored or not."""
        return self._classification.diagnoses

    @property
    def table(self) -> pl.DataFrame:
        """The statistics: one row per model and group of images (`all`, `organism`, `artifact`, `other`).

        Counts of each category (`multi_label`, `fine_grained`, ...), accuracies and shares in per cent (`top1`, `mla`,
        `share_multi_label`, ...), each with the limits of its 95 % interval (`top1_low`, `top1_high`). What the atlas
        does not decide is null. `docs/tables.md` says what every column is, under `profile`.

        Examples
        --------
        >>> errata.profile("resnet50.csv").table.select("model", "group", "mla").head(2).rows()
        [('resnet50', 'all', 81.6...), ('resnet50', 'organism', 82.4...)]
        """
        return self._classification.profile

    def __getitem__(self, model: str) -> "Profile":
        """Return the profile of one of the models."""
        if model not in self.models:
            near = difflib.get_close_matches(str(model), self.models, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise InputError(f"'{shown(model, 60)}' is none of the models {listed(self.models)}.{hint}")
        whole, row = self._classification, self.models.index(model)
        part = slice(row, row + 1)
        one = Answers((model,), whole.answers.predictions[part], whole.answers.outcomes[part])
        own = [diagnosis for diagnosis in whole.diagnoses if diagnosis.model == model]
        notes = {name: note for name, note in whole.models.items() if name == model}
        warned = [line for line in self.warnings if line.startswith(f"{shown(model)}: ")]
        return Profile(
            classify_answers(self.atlas, one, diagnoses=own, inputs=whole.inputs, models=notes),
            warned,
        )

    def __len__(self) -> int:
        """Return the number of models."""
        return len(self.models)

    def errors(self, category: str | None = None) -> pl.DataFrame:
        """List the errors: every image that counts and whose prediction is not the target.

        Parameters
        ----------
        category : str, optional
            A category (`multi_label`, `fine_grained`, ...), or a provisional one: `provisional_model_failure` are
            errors that are model failures unless the image shows something outside the vocabulary.

        Returns
        -------
        polars.DataFrame
            `model`, `file_name`, `target`, `target_name`, `predicted_class`, `predicted_name`, `category`,
            `provisional_category`; by model, then by file name.

        Raises
        ------
        InputError
            If there is no such category, or the atlas does not decide it.

        Examples
        --------
        >>> errors = errata.profile("resnet50.csv").errors("multi_label")
        >>> errors.select("file_name", "target_name", "predicted_name").row(0)
        ('ILSVRC2012_val_000...', ...)
        >>> errata.profile("resnet50.csv").errors("model_failure")
        Traceback (most recent call last):
        errata.errors.InputError: category 'model_failure': the atlas 'labels' does not check the open world, ...
        """
        errors = self.results.errors
        if category is not None:
            errors = errors.filter(self._is_of(category))
        names = self.atlas.classes.lazy().select("class_id", "name")
        return (
            errors.join(names.rename({"class_id": "target", "name": "target_name"}), on="target", maintain_order="left")
            .join(
                names.rename({"class_id": "predicted_class", "name": "predicted_name"}),
                on="predicted_class",
                maintain_order="left",
            )
            .select("model", *ERROR_FILE.columns)
            .collect()
        )

    def _is_of(self, category: str) -> pl.Expr:
        undefined = self.atlas.undefined
        known = [name for name in (*CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS) if name not in undefined]
        if category in known:
            if category in PROVISIONAL_COLUMNS:
                return pl.col("provisional_category") == category.removeprefix("provisional_")
            return pl.col("category") == category
        if category in CATEGORY_COLUMNS:
            reason = self.results.facts.why_missing(category)
            why = "does not check the open world" if reason.startswith("not") else "has no labels that decide it"
            hint = f", or 'provisional_{category}'" if f"provisional_{category}" in known else ""
            raise InputError(
                f"category '{category}': the atlas '{self.atlas.name}' {why}, so no error is surely one. Ask for "
                f"'open_world_unchecked'{hint}."
            )
        near = difflib.get_close_matches(str(category), known, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise InputError(f"category '{shown(category, 60)}' is none of {', '.join(known)}.{hint}")

    def compare(self, other: Any, **options: Any) -> Comparison:
        """Compare another model with this one on the same images.

        Parameters
        ----------
        other : Profile or predictions
            A profile of one model, or anything that `errata.profile` takes.
        **options
            `order`, `names`, `accept` of the other predictions.

        Returns
        -------
        errata.Comparison
            What became better and what worse from this model to the other, with paired intervals and tests.

        Examples
        --------
        >>> errata.profile("resnet50.csv").compare("vit.csv").word
        'better'
        """
        if not isinstance(other, Profile):
            other = profile_of(other, self.atlas, **options)
            say(other.warnings, depth=1)
        return compare_models(self.only_model(), other.only_model())

    def only_model(self) -> Classification:
        """Return what was classified of the only model; an InputError if there are several."""
        if len(self) != 1:
            raise InputError(
                f"Two models are compared, and this profile has {len(self)}: {listed(self.models)}. Choose one: "
                f"profile['{shown(self.models[0], 60)}']."
            )
        return self._classification

    def plot(
        self,
        path: str | Path | None = None,
        *,
        kind: str = "profile",
        width: str = "column",
        model: str | None = None,
        **options: Any,
    ) -> "Figure":
        """Draw a figure for a paper or a slide.

        Parameters
        ----------
        path : path, optional
            Where to write it: a name that ends in `.pdf`, `.svg` or `.png`.
        kind : {'profile', 'trend'}
            The kinds of errors, or the place among the published models.
        width : {'column', 'page', 'slide'}
            What it is made for.
        model : str, optional
            Which of several models; all by default.
        **options
            Of `errata.figures.draw_profile` or `draw_trend`: `group`, `grey`, `category`.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        InputError
            If there is no such kind, width or model, or the file has another suffix.

        Examples
        --------
        >>> figure = errata.profile("resnet50.csv").plot("resnet50.pdf", width="column")
        """
        # loads matplotlib, which the rest does without
        from errata.drawing.style import write_figure
        from errata.figures import draw_profile, draw_trend

        draw = {"profile": draw_profile, "trend": draw_trend}.get(kind)
        if draw is None:
            raise InputError(f"kind: '{shown(kind, 40)}' is no figure of a profile. Name 'profile' or 'trend'.")
        figure = draw(self.results, model, width=width, **options)
        if path is not None:
            write_figure(figure, path)
        return figure

    def report(self, folder: str | Path, *, images: str | Path | None = None) -> Path:
        """Write the report, a folder of pages that need no server.

        Parameters
        ----------
        folder : path
            A new folder, or one with an older report, which is replaced.
        images : path, optional
            The folder of the data set's images on this computer, to which the report's pages then link.

        Returns
        -------
        Path
            Its first page, to be opened in a browser.

        Raises
        ------
        InputError
            If the folder holds anything but a report, or the folder of images is not there.
        """
        # loads Jinja and matplotlib, which the rest does without
        from errata.report.site import write_report

        write_report(self.results.having(image_folder=None if images is None else Path(images)), folder)
        return Path(folder) / "index.html"

    def to_markdown(self) -> str:
        """Return the profile as Markdown, for a README or a pull request."""
        return profile_markdown(self.results)

    def to_dict(self) -> dict:
        """Return the profile as plain values: accuracies, categories with intervals, warnings."""
        return profile_values(self.results)

    def to_json(self) -> str:
        """Return the same as JSON."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return `table` as a pandas frame; pandas must be installed."""
        try:
            import pandas
        except ModuleNotFoundError as error:
            raise InputError("to_pandas needs pandas, which is not installed: pip install pandas.") from error

        return pandas.DataFrame(self.table.to_dict(as_series=False))

    def __str__(self) -> str:
        """Return the profile as text for a terminal."""
        return profile_text(self.results)

    def __repr__(self) -> str:
        """Return the profile in one line."""
        rows = self.table.filter(group="all").select("model", "top1", "mla").head(_NAMED)
        words = self.results.facts.accuracy_words
        said = [
            f"{shown(model, 40)} {_number(top1)} {words['top1']}, {_number(mla)} {words['mla']}"
            for model, top1, mla in rows.rows()
        ]
        more = [f"{len(self) - _NAMED} more"] if len(self) > _NAMED else []
        count = "1 model" if len(self) == 1 else f"{len(self)} models"
        return f"<Profile of {count} on {self.atlas.dataset}: {'; '.join([*said, *more])}>"

    def _repr_html_(self) -> str:
        return profile_html(self.results)


def _number(value: float | None) -> str:
    return "no" if value is None else f"{value:.1f} %"
