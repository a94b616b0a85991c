"""Plan a run from the configuration and the sheets.

No heavy imports: every Snakemake job reads this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from errata.errors import InputError
from errata.models import Model
from errata.plan.inputs import Inputs
from errata.plan.jobs import Resources, Views, job_resources
from errata.predictions.folder import FolderContent
from errata.published.paper import PaperModel, read_paper_models
from errata.selection import RESULTS, near_match, prediction_files, select_models, user_path
from errata.sheets import Dataset, PredictionsRow
from errata.sources.registry import Source

PUBLISHED_ENCODER = "vit-l-14-336"
"""The encoder that the paper's authors found their published neighbours with."""

PAPER_MODELS = "resources/zoo/paper_models.tsv"
"""The paper's models and the rows of the model sheet that are the same."""

NO_OPEN_WORLD = "none"

FIGURES_OF = "imagenet"
"""Which of the paper's tables the figures in resources/published_figures.csv belong to."""

EXPECTED_ON = "imagenet"
"""The accuracies of the model sheet are on the data set whose published tables have this name."""

OWN_ATLAS = "labels"
"""The only atlas of a data set of one's own, named as `errata atlas build` names it."""

MULTI_LABELS = "multi_labels"
"""The label set of an atlas whose row names none."""

AHEAD_OF_VIEWS = 1_000_000
"""Added to the priority of a model: more seconds than any model takes."""

NVIDIA_DRIVER = Path("/dev/nvidiactl")
"""Exists where the driver of a GPU is loaded."""


@dataclass(frozen=True)
class Plan:
    """The configuration of a run and the sheets behind it.

    `config`: the configuration, checked against its schema.
    `datasets`, `models`: the sheets of data sets and models, by name.
    `predictions`: the sheet of predictions files that lie elsewhere.
    `atlases`: the atlas sheet: `title`, `grouping`, `open_world` and perhaps `label_set` by name.
    `openworld`: `encoders` and `prompts` by name.
    `sources`: the registry of sources.
    """

    config: Mapping
    datasets: Mapping[str, Dataset]
    models: Mapping[str, Model]
    predictions: list[PredictionsRow]
    atlases: Mapping[str, Mapping]
    openworld: Mapping[str, Mapping]
    sources: Mapping[str, Source]

    @property
    def uses_gpu(self) -> bool:
        """Whether jobs should ask for a GPU; looked for, not asked of torch, which takes seconds to import."""
        return self.config["device"] == "cuda" or (self.config["device"] == "auto" and NVIDIA_DRIVER.exists())

    @property
    def listed_datasets(self) -> list[str]:
        """The data sets of the run that the sheet's sources describe; those of one's own have tables that do."""
        return [name for name in self.config["datasets"] if not self.datasets[name].has_own_tables]

    def is_reported(self, dataset: str, atlas: str) -> bool:
        """Return whether an atlas of a data set gets a report."""
        return atlas in self.reported or self.datasets[dataset].has_own_tables

    @property
    def reported(self) -> list[str]:
        """The atlases that get a report; those with another label set are there to be compared with."""
        if self.config["reports"] != "all":
            return self.config["reports"]
        return self.multilabel_atlases or self.config["atlases"]

    @cached_property
    def inputs(self) -> Inputs:
        """Where the original files are."""
        return Inputs(self.config, self.datasets, self.sources)

    @cached_property
    def views(self) -> Views:
        """Which views are shared."""
        running = {dataset: self.models_on(dataset) for dataset in self.config["datasets"]}
        return Views(running, self.config["cache_views_from"])

    @cached_property
    def selected(self) -> list[Model]:
        """The models that the configuration selects."""
        return select_models(
            self.config["models"],
            self.models,
            paper=lambda: [row.model for row in self.paper_models if row.model],
        )

    @cached_property
    def paper_models(self) -> list[PaperModel]:
        """The models of the paper."""
        return read_paper_models(PAPER_MODELS)

    def label_set_of(self, atlas: str) -> str:
        """Return which label set an atlas is compiled from: `multi_labels` or `real`."""
        return self.atlases[atlas].get("label_set", MULTI_LABELS)

    def has_label_set(self, dataset: str, atlas: str) -> bool:
        """Return whether a data set has the label set of an atlas; re-assessed labels replace multi-labels."""
        row = self.datasets[dataset]
        if row.has_own_tables:
            return atlas == OWN_ATLAS
        return self.label_set_of(atlas) == MULTI_LABELS or (row.multilabels is not None and row.real is not None)

    def atlases_of(self, dataset: str) -> list[str]:
        """Return the atlases of the run that a data set has: all but those with a label set that it lacks.

        A data set of one's own has the one of its tables alone.
        """
        return [name for name in self.config["atlases"] if self.has_label_set(dataset, name)]

    @property
    def multilabel_atlases(self) -> list[str]:
        """The atlases of the run that are compiled from the multi-labels, and so judge the same errors."""
        return [name for name in self.config["atlases"] if self.label_set_of(name) == MULTI_LABELS]

    def multilabel_atlases_of(self, dataset: str) -> list[str]:
        """Return the atlases of a data set that judge the same errors; of one's own the only one."""
        return [name for name in self.multilabel_atlases if self.has_label_set(dataset, name)]

    def labels_of(self, dataset: str, atlas: str) -> str:
        """Return the label table that an atlas of a data set is compiled from.

        Raises InputError if the data set does not have the atlas's label set.
        """
        if not self.has_label_set(dataset, atlas):
            raise InputError(
                f"atlas '{atlas}' has the label set '{self.label_set_of(atlas)}', but config/datasets.tsv names no "
                f"multi-labels or no re-assessed labels of data set '{dataset}'. Leave the atlas out for it."
            )
        table = "labels" if self.label_set_of(atlas) == MULTI_LABELS else "reassessed"
        return f"{RESULTS}/{dataset}/{table}.parquet"

    @property
    def open_world_atlases(self) -> list[str]:
        """The atlases that check the open world, and so need images."""
        return [name for name in self.config["atlases"] if self.atlases[name]["open_world"] != NO_OPEN_WORLD]

    def checks_open_world(self, dataset: str) -> bool:
        """Return whether an atlas of the run checks the open world of a data set."""
        return bool(self.open_world_atlases) and not self.datasets[dataset].has_own_tables

    @cached_property
    def with_pixels(self) -> list[str]:
        """The data sets, training sets included, whose images are read."""
        chosen = [name for name in self.config["datasets"] if self.checks_open_world(name) or self.models_on(name)]
        training = [
            train
            for name in chosen
            if self.checks_open_world(name)
            and (train := self.datasets[name].train)
            and name not in self.config["neighbours"]
        ]
        return list(dict.fromkeys([*chosen, *training]))

    @cached_property
    def missing(self) -> dict[str, str]:
        """Images that the user has yet to provide: path -> data set."""
        return {
            path: name
            for name in self.with_pixels
            if (path := self.inputs.images_of(name)) and Path(path).parts[0] != RESULTS and not Path(path).exists()
        }

    def image_folder(self, dataset: str) -> str | None:
        """Return the images of a data set to which reports refer, where they hold no copies of them."""
        holds_copies = self.config["thumbnails"] and dataset in self.with_pixels
        return None if holds_copies else self.inputs.images_of(dataset)

    def pixels(self, dataset: str) -> list[str]:
        """Return the pixels of a data set as inputs: none while they are missing, so that a run can be planned."""
        path = self.inputs.images_of(dataset)
        return [] if path is None or path in self.missing else [path]

    def trust_tables(self, dataset: str, atlas: str) -> list[str]:
        """Return the tables that say how far the categories of an atlas can be trusted: those that the run can make."""
        names = ["chance", "model_chance"]
        if len(self.atlases_of(dataset)) > 1:
            names += ["atlas_shares", "atlas_transitions", "atlas_accuracies"]
        if self.datasets[dataset].experts:
            names += ["expert_mistakes", "agreement"]
        if self.inputs.has_published(dataset):
            names += ["fidelity", "checkpoints"]
        tables = [f"{RESULTS}/{dataset}/{atlas}/{name}.parquet" for name in names]
        return tables if self.datasets[dataset].has_own_tables else [*tables, f"{RESULTS}/defined.parquet"]

    def model(self, name: str) -> Model:
        """Return the row of a model.

        Raises InputError if there is none.
        """
        near_match(name, self.models, where="predictions of a model", listed_in="config/models.tsv")
        return self.models[name]

    def how_to_run(self, model: str, dataset: str) -> dict[str, object]:
        """Return what decides a model's predictions on a data set: its row, and among which classes it answers."""
        answers = self.datasets[dataset].answers
        # only where it is not all classes, so that no other model is run again for it
        return self.model(model).how_to_run() | ({} if answers == "all" else {"answers": answers})

    def models_on(self, dataset: str) -> list[Model]:
        """Return the models to run on a data set: the selected ones that know its classes."""
        return [model for model in self.selected if model.vocabulary == self.datasets[dataset].vocabulary]

    def annotated_of(self, dataset: str) -> list[str]:
        """Return the list of a data set's annotated images as a list of inputs: none if models run on all images."""
        runs_on_all = self.config["subset"] == "all" or self.datasets[dataset].multilabels is None
        return [] if runs_on_all else [f"{RESULTS}/{dataset}/annotated.parquet"]

    def priority_of(self, model: str) -> int:
        """Return how early to start a model: by its estimated seconds; models of which none are known come last."""
        return AHEAD_OF_VIEWS + self._seconds_of(model)

    def priority_of_view(self, dataset: str, view: str) -> int:
        """Return how early to make a view: by the seconds of its longest model, after all models that could start."""
        running = [self._seconds_of(model.model) for model in self.models_on(dataset) if model.view == view]
        return max(running, default=0)

    def _seconds_of(self, model: str) -> int:
        return round(self.models[model].seconds or 0)

    def resources_of(self, model: str) -> Resources:
        """Return the resources that the job of a model asks a cluster for."""
        return job_resources(self.models[model], uses_gpu=self.uses_gpu)

    def expected_on(self, dataset: str) -> dict[str, dict[str, object]]:
        """Return what accuracy to expect of the models that run on a data set, in plain types."""
        tables = self.datasets[dataset].published
        if tables is None or dataset in self.config["parts"]:
            return {}
        published = {row.model: row.published for row in self.paper_models}
        expected = {}
        for model in self.models_on(dataset):
            top1, source = (model.expected_top1, model.expected_from) if tables == EXPECTED_ON else (None, None)
            known = {"top1": top1, "source": source, "published": published.get(model.model)}
            if any(value is not None for value in known.values()):
                expected[model.model] = known
        return expected

    def described_on(self, dataset: str) -> dict[str, dict[str, object]]:
        """Return what the sheet says of the models that run on a data set, as `errata.trends.cloud` calls it."""
        return {
            model.model: {
                "parameters": model.parameters,
                "training_data": model.training_data,
                "training_images": model.training_images,
                "architecture": model.group,
                "architecture_family": model.family,
            }
            for model in self.models_on(dataset)
        }

    def accuracy_of(self, dataset: str) -> list[str]:
        """Return the check of accuracies of a data set as a list: none if no models run on it."""
        return [f"{RESULTS}/{dataset}/accuracy.parquet"] if self.models_on(dataset) else []

    def own_predictions(self, dataset: str) -> list[str]:
        """Return the predictions that rules make for a data set."""
        return [f"{RESULTS}/{dataset}/predictions/{model.model}.parquet" for model in self.models_on(dataset)]

    def predictions_of(self, dataset: str) -> list[str]:
        """Return all predictions of a data set: of the models that are run, and the user's files."""
        return [*self.own_predictions(dataset), *self.users_predictions(dataset).files]

    def users_predictions(self, dataset: str) -> FolderContent:
        """Return the predictions files that the user gives for a data set, and what is left out of the folder."""
        sole = len(self.config["datasets"]) == 1
        given = user_path(self.config["predictions"], dataset, sole=sole, kind="predictions")
        return prediction_files(dataset, given, self.predictions)

    def open_world_of(self, atlas: str) -> Mapping | None:
        """Return how an atlas checks the open world, or None if it does not."""
        settings = self.atlases[atlas]["open_world"]
        return None if settings == NO_OPEN_WORLD else settings

    def encoder_of(self, dataset: str, atlas: str) -> str:
        """Return the encoder that an atlas of a data set uses: its own, or the one that stands in for it there."""
        name = self.atlases[atlas]["open_world"]["encoder"]
        return self.datasets[dataset].stand_ins.get(name, name)

    def neighbours_of(self, dataset: str, atlas: str) -> str:
        """Return the neighbours that an atlas of a data set uses: its encoder's, or those that the authors published.

        Raises InputError if published neighbours are asked for and the atlas has another encoder than they were found
        with.
        """
        encoder = self.encoder_of(dataset, atlas)
        if dataset not in self.config["neighbours"]:
            return f"{RESULTS}/{dataset}/neighbours/{encoder}.parquet"
        if encoder != PUBLISHED_ENCODER:
            raise InputError(
                f"atlas '{atlas}' uses the encoder '{encoder}', but the published neighbours of '{dataset}' were found "
                f"with {PUBLISHED_ENCODER}. Leave the atlas out, or give the training images in place of published "
                "neighbours."
            )
        return f"{RESULTS}/{dataset}/neighbours/published.parquet"


def check(plan: Plan) -> None:
    """Check everything that the configuration names before any job runs.

    Raises InputError if a name is not in its sheet, a path does not exist, or images are needed and not given.
    """
    for key, known in (("datasets", plan.datasets), ("parts", plan.datasets), ("atlases", plan.atlases)):
        sheet = "config/atlases.yaml" if key == "atlases" else "config/datasets.tsv"
        for name in plan.config[key]:
            near_match(name, known, where=f"config key '{key}'", listed_in=sheet)
    if plan.config["datasets"]:
        for name in plan.reported:
            near_match(name, plan.config["atlases"], where="config key 'reports'", listed_in="config key 'atlases'")
    for name, row in plan.atlases.items():
        near_match(
            row["grouping"],
            plan.config["groupings"],
            where=f"atlas '{name}', grouping",
            listed_in="config key 'groupings'",
        )
        for key in ("encoder", "prompt") if row["open_world"] != NO_OPEN_WORLD else ():
            near_match(
                row["open_world"][key],
                plan.openworld[f"{key}s"],
                where=f"atlas '{name}', {key}",
                listed_in="config/openworld.yaml",
            )
    for name in plan.config["atlases"]:
        user_path(plan.config["groupings"], plan.atlases[name]["grouping"], sole=True, kind="groupings")
    for dataset in plan.config["datasets"]:
        if plan.datasets[dataset].has_own_tables:
            plan.inputs.check_own(dataset)
            if OWN_ATLAS not in plan.config["atlases"]:
                raise InputError(
                    f"config key 'atlases': data set '{dataset}' has tables of its own, from which the atlas "
                    f"'{OWN_ATLAS}' is built. Add it, or take --configfile config/labels-only.yaml."
                )
            continue
        if plan.datasets[dataset].pairs_from is None:
            raise InputError(
                f"config key 'datasets': '{dataset}' is a training set in config/datasets.tsv (it has no data set "
                "to take pairs from), so no atlas can be compiled for it."
            )
        plan.inputs.targets_of(dataset)
        plan.inputs.multilabels_of(dataset)
        user_path(plan.config["published"], dataset, sole=True, kind="published")
    for dataset in plan.with_pixels:
        _check_images(plan, dataset)
    for dataset in plan.config["datasets"]:
        _check_weights(plan, dataset)


def _check_weights(plan: Plan, dataset: str) -> None:
    """Refuse models that have yet to run and whose file of weights is neither there nor made by a rule."""
    for model, predictions in zip(plan.models_on(dataset), plan.own_predictions(dataset), strict=True):
        file = Path(model.weights)
        if model.source != "checkpoint" or file.parts[0] == RESULTS or file.exists() or Path(predictions).exists():
            continue
        raise InputError(
            f"config/models.tsv, model '{model.model}': there is no such file: {file}. Put it there (paths are "
            "relative to the project folder), correct the row, or leave the model out (config key models)."
        )


def _check_images(plan: Plan, dataset: str) -> None:
    if plan.inputs.images_of(dataset) is None:
        needed_for = [f"atlas '{name}'" for name in plan.open_world_atlases[:1]]
        if dataset in plan.config["datasets"]:
            needed_for += [f"model '{model.model}'" for model in plan.models_on(dataset)[:1]]
        raise InputError(
            f"{' and '.join(needed_for)}: images of data set '{dataset}' are needed; say where they are with "
            f"images: {{{dataset}: PATH}} in the config."
        )
