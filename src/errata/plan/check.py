"""Looking at a configuration before any job runs."""

from pathlib import Path

from errata.errors import InputError
from errata.plan.plan import NO_OPEN_WORLD, Plan
from errata.selection import RESULTS, near_match, user_path


def check(plan: Plan) -> None:
    """Look at everything that the configuration names, so that a mistake is told before any job runs.

    Raises
    ------
    InputError
        If a name is not in its sheet, a path does not exist, or images are needed and not given.
    """
    for key, known in (("datasets", plan.datasets), ("atlases", plan.atlases)):
        sheet = "config/datasets.tsv" if key == "datasets" else "config/atlases.yaml"
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
