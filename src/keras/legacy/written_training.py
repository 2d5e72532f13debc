"""What a model was compiled with, as Keras 2.3 or 1.2 wrote it."""

from __future__ import annotations

import inspect
from typing import Any

from keras._core import registry
from keras.legacy.config_pieces import OLD_FUNCTIONS
from keras.legacy.written_rows import FOR_OLDER, OPTIMIZERS, shown

_NAMES_THEN = {today: older for older, today in OLD_FUNCTIONS.items()}
_WITHOUT = "\n  include_optimizer=False writes the model without what it was compiled with."


class WrittenTraining:
    """A writer of losses, metrics and optimizers."""

    era: str
    release: str

    def compiled(self, found: dict) -> dict:
        """The `training_config`, from what `get_compile_config` serialised."""
        made = {key: found.get(key) for key in ("loss", "loss_weights", "metrics", "weighted_metrics")}
        made["loss"] = self._judged(made["loss"], "loss")
        made["metrics"] = self._judged(made["metrics"], "metric")
        made["weighted_metrics"] = self._judged(made["weighted_metrics"], "metric")
        if self.era == "1" and made.pop("weighted_metrics"):
            raise ValueError(f"{FOR_OLDER}Keras {self.release} had no `weighted_metrics`.{_WITHOUT}")
        made["sample_weight_mode"] = None
        made["optimizer_config"] = self.optimizer(found["optimizer"])
        return made

    def _judged(self, value: Any, what: str) -> Any:
        if isinstance(value, (list, tuple)):
            return [self._judged(one, what) for one in value]
        if not isinstance(value, dict):
            return _NAMES_THEN.get(value, value)
        if "class_name" not in value:
            return {k: self._judged(v, what) for k, v in value.items()}
        if value["class_name"] == "function":
            return _NAMES_THEN.get(value["config"], value["config"])
        if self.era == "1":
            raise ValueError(
                f"{FOR_OLDER}Keras {self.release} had no {what} of the class {value['class_name']}; "
                f"a function's name it had.{_WITHOUT}"
            )
        config = {k: v for k, v in value["config"].items() if k not in ("dtype", "fn", "axis") and v is not None}
        return {"class_name": value["class_name"], "config": config}

    def optimizer(self, found: Any) -> dict:
        """An optimizer, from its config of today."""
        cls, config = found["class_name"], dict(found["config"])
        if cls in ("Nadam", "ScheduledNadam"):  # today's formula is that of then with 1
            cls, config = "Nadam", {"schedule_decay": 1.0, **config}
        if cls not in OPTIMIZERS:
            raise ValueError(f"{FOR_OLDER}Keras {self.release} had no optimizer {cls}.{_WITHOUT}")
        rate = config.pop("learning_rate")
        decay = 0.0
        if isinstance(rate, dict):
            about = rate["config"]
            if rate["class_name"] != "InverseTimeDecay" or about["decay_steps"] != 1 or about.get("staircase"):
                raise ValueError(f"{FOR_OLDER}Keras {self.release} had no schedule {rate['class_name']}.{_WITHOUT}")
            rate, decay = about["initial_learning_rate"], about["decay_rate"]
        made = {"lr" if self.era == "1" else "learning_rate": rate}
        accepted = OPTIMIZERS[cls].split()
        if cls != "Nadam":
            made["decay"] = decay
        if self.era == "1" and "amsgrad" in accepted:
            accepted.remove("amsgrad")
        defaults = inspect.signature(registry.built_in("keras.optimizers", cls)).parameters
        for key, value in config.items():
            if key in accepted or (key == "clipvalue" and value is not None):
                made[key] = value
            elif key == "global_clipnorm" and value is not None:
                made["clipnorm"] = value  # the norm of all gradients together, as `clipnorm` was before tf.keras
            elif key == "initial_accumulator_value" and not value:
                continue  # where it began then
            elif key != "name" and value is not None and value != defaults[key].default:
                raise ValueError(f"{FOR_OLDER}Keras {self.release}: {cls} had no `{key}={shown(value)}`.{_WITHOUT}")
        return {"class_name": cls, "config": made}
