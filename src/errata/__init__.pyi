from errata.api.accumulator import Accumulator as Accumulator
from errata.api.comparison import Comparison as Comparison
from errata.api.diagnoses import Diagnoses as Diagnoses
from errata.api.functions import compare as compare
from errata.api.functions import diagnose as diagnose
from errata.api.functions import explain as explain
from errata.api.functions import profile as profile
from errata.api.given import PredictionWarning as PredictionWarning
from errata.api.given import load_atlas as load_atlas
from errata.api.own import build_atlas as build_atlas
from errata.api.own import propose_superclasses as propose_superclasses
from errata.api.own import restrict_atlas as restrict_atlas
from errata.api.profile import Profile as Profile
from errata.errors import InputError as InputError

__version__: str
