"""What the doctor says about predictions."""

from errata.api.given import in_python
from errata.api.notebook import text_html
from errata.predictions.findings import Diagnosis, as_dict, format_diagnosis


class Diagnoses(tuple[Diagnosis, ...]):
    """The diagnosis of every model in predictions, in their order.

    `errata.diagnose` makes it. It is a tuple that prints as text.

    Examples
    --------
    >>> diagnoses = errata.diagnose(["resnet50.csv", "vit.csv"])
    >>> len(diagnoses), diagnoses.is_usable
    (2, True)
    >>> diagnoses[0].model, diagnoses[0].accuracy
    ('resnet50', 75.1...)
    """

    __slots__ = ()

    @property
    def is_usable(self) -> bool:
        """Whether all of them can be scored."""
        return all(diagnosis.is_usable for diagnosis in self)

    def to_dict(self) -> list[dict]:
        """Return the diagnoses as plain values."""
        return [as_dict(diagnosis) for diagnosis in self]

    def __repr__(self) -> str:
        """Return the diagnoses as text for a terminal."""
        return in_python("\n\n".join(format_diagnosis(diagnosis) for diagnosis in self))

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return text_html(repr(self))
