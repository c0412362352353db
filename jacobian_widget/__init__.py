"""Jacobian Scopes for causal language models, and the notebook widget that shows them."""

from importlib.metadata import PackageNotFoundError, version

from jacobian_widget._traits import BadValueError
from jacobian_widget.attribution import Attribution, DegenerateScopeWarning, Prediction
from jacobian_widget.demo import load_demo
from jacobian_widget.explain import attribute, estimate
from jacobian_widget.gallery import GALLERY
from jacobian_widget.memory import TooLargeError
from jacobian_widget.model import NonFiniteError, UnsupportedModelError
from jacobian_widget.positions import PositionMap, position_map
from jacobian_widget.scopes import SCOPES, Scope
from jacobian_widget.series import next_values
from jacobian_widget.untouched import ModelChangedError
from jacobian_widget.widget import JacobianWidget

try:
    __version__ = version("jacobian-widget")
except PackageNotFoundError:
    __version__ = "0+unknown"

__all__ = [
    "GALLERY",
    "SCOPES",
    "Attribution",
    "BadValueError",
    "DegenerateScopeWarning",
    "JacobianWidget",
    "ModelChangedError",
    "NonFiniteError",
    "PositionMap",
    "Prediction",
    "Scope",
    "TooLargeError",
    "UnsupportedModelError",
    "attribute",
    "estimate",
    "load_demo",
    "next_values",
    "position_map",
]
