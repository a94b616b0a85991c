"""What five models say about a small world, the open world checked and not."""

import pytest

from mistakes.answered import Answered, answered_world


@pytest.fixture(scope="session")
def checked() -> Answered:
    return answered_world(checked=True)


@pytest.fixture(scope="session")
def unchecked() -> Answered:
    return answered_world(checked=False)
