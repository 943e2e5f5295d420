"""What a reader says of a PET scan where its tags do not, or say it wrongly."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, NaiveDatetime, model_validator

from recist_tool.model.record import Record


class SuvOverride(Record):
    """Values that stand for tags of one PET series, and where they come from.

    Attributes
    ----------
    reason
        Why, and from which source: "missing in the header; 72 kg in the chart".
    weight_kg, height_m, sex
        For PatientWeight, PatientSize, PatientSex; ``O`` takes the mean of both sexes.
    total_dose_bq, injected_at, half_life_s
        For RadionuclideTotalDose, the start of the radiopharmaceutical (on the
        scanner's clock) and RadionuclideHalfLife.
    """

    series_instance_uid: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    weight_kg: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    height_m: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    sex: Literal["M", "F", "O"] | None = None
    total_dose_bq: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    injected_at: NaiveDatetime | None = None
    half_life_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.stated:
            msg = "an override of SUV names at least one value"
            raise ValueError(msg)
        return self

    @property
    def stated(self) -> dict[str, object]:
        """The values that stand for tags, by the name of their field."""
        values = {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name not in ("series_instance_uid", "reason")
        }
        return {name: value for name, value in values.items() if value is not None}
