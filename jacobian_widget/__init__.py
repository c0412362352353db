"""Jacobian Scopes for causal language models, and the notebook widget that shows them."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from jacobian_widget._traits import BadValueError
from jacobian_widget.attribution import Attribution, DegenerateScopeWarning, Prediction
from jacobian_widget.demo import load_demo
from jacobian_widget.evaluate import evaluate
from jacobian_widget.evaluation import Evaluation
from jacobian_widget.explain import attribute, estimate
from jacobian_widget.gallery import GALLERY
from jacobian_widget.guesses import class_table
from jacobian_widget.leave_one_out import LeaveOneOut, leave_one_out
from jacobian_widget.memory import TooLargeError
from jacobian_widget.model import NonFiniteError, UnsupportedModelError
from jacobian_widget.positions import PositionMap, position_map
from jacobian_widget.scopes import SCOPES, Scope
from jacobian_widget.series import next_values
from jacobian_widget.untouched import ModelChangedError
from jacobian_widget.verified import Verified, verify
from jacobian_widget.widget import JacobianWidget

if TYPE_CHECKING:
    from jacobian_widget._lesson_page import export_lesson
    from jacobian_widget.dataset import attribute_dataset, open_dataset, read_row
    from jacobian_widget.dataset_view import DatasetView

# What needs the extra "dataset" or "lessons", imported when it is first asked for.
_LATER = {
    "DatasetView": "jacobian_widget.dataset_view",
    "attribute_dataset": "jacobian_widget.dataset",
    "export_lesson": "jacobian_widget._lesson_page",
    "open_dataset": "jacobian_widget.dataset",
    "read_row": "jacobian_widget.dataset",
}

try:
    __version__ = version("jacobian-widget")
except PackageNotFoundError:
    __version__ = "0+unknown"

__all__ = [
    "GALLERY",
    "SCOPES",
    "Attribution",
    "BadValueError",
    "DatasetView",
    "DegenerateScopeWarning",
    "Evaluation",
    "JacobianWidget",
    "LeaveOneOut",
    "ModelChangedError",
    "NonFiniteError",
    "PositionMap",
    "Prediction",
    "Scope",
    "TooLargeError",
    "UnsupportedModelError",
    "Verified",
    "attribute",
    "attribute_dataset",
    "class_table",
    "estimate",
    "evaluate",
    "export_lesson",
    "leave_one_out",
    "load_demo",
    "next_values",
    "open_dataset",
    "position_map",
    "read_row",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
