"""SimpleITK at work on coarse scans: rigid, then demons. Nothing else knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recist_tool.errors import RegistrationRefused
from recist_tool.measure.registration.transform import Rigid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from recist_tool.measure.progress import Work
    from recist_tool.measure.registration.translation_search import Coarse

_FIRST_STEP_MM: Final = 4.0  # half a voxel of the scans that are turned
_LAST_STEP_MM: Final = 0.05  # as near as `Registration.map_back` finds its way
_RIGID_STEPS: Final = 60  # at most; from 4 to 0.05 mm the step halves seven times
_SMOOTH_VOXELS: Final = 1.0  # deviation of the Gaussian: what is finer is noise


def best_rigid(
    fixed: tuple[Coarse, NDArray[np.bool_]],
    moving: Coarse,
    shift_lps: NDArray[np.float64],
    work: Work,
) -> Rigid:
    """Return the turn and shift from `fixed` to `moving` with the best correlation.

    Every voxel counts, none is drawn by lot, and one thread adds them up: the same
    scans give the same answer.

    Parameters
    ----------
    fixed
        The scan, and where it counts: a mask of its shape (z, y, x).
    shift_lps
        From `fixed` to `moving`, to start from: x, y, z, shape (3,), mm.
    """
    scan, mask = fixed
    itk = _itk()
    middle = scan.origin_lps + scan.step_mm * np.array(mask.shape[::-1]) / 2
    found = itk.Euler3DTransform(middle.tolist(), 0.0, 0.0, 0.0, shift_lps.tolist())
    method = itk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsCorrelation()
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetMetricFixedMask(_image(scan, mask.astype(np.uint8)))
    method.SetMetricMovingMask(_image(moving, moving.seen.astype(np.uint8)))
    method.SetOptimizerAsRegularStepGradientDescent(
        _FIRST_STEP_MM, _LAST_STEP_MM, _RIGID_STEPS
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetInterpolator(itk.sitkLinear)
    method.SetInitialTransform(found, True)
    _watch(method, method.StopRegistration, _RIGID_STEPS, work)
    _run(method, [_image(scan, scan.hu), _image(moving, moving.hu)], work)
    turn = np.array(found.GetMatrix()).reshape(3, 3)
    moved = np.array(found.GetTranslation())
    return Rigid(turn, middle + moved - turn @ middle)


def demons_field(
    fixed: Coarse,
    moved: NDArray[np.float32],
    start_mm: NDArray[np.float64] | None,
    iterations: int,
    work: Work,
) -> NDArray[np.float64]:
    """Return the way from each voxel of `fixed` to its like in `moved`.

    Symmetric forces, the field smoothed after each step (Vercauteren, Neuroimage
    2009;45:S61-72).

    Parameters
    ----------
    moved
        The other scan on the grid of `fixed`: HU, shape (z, y, x).
    start_mm
        Where to start from, as what is returned; None starts at rest.

    Returns
    -------
    Shape (z, y, x, 3): along x, y, z of the patient, mm.
    """
    itk = _itk()
    filter_ = itk.FastSymmetricForcesDemonsRegistrationFilter()
    filter_.SetNumberOfIterations(iterations)
    filter_.SetMaximumRMSError(0.0)
    filter_.SetStandardDeviations(_SMOOTH_VOXELS)
    _watch(filter_, filter_.Abort, iterations, work)
    images = [_image(fixed, fixed.hu), _image(fixed, moved)]
    if start_mm is not None:
        images.append(_image(fixed, start_mm.astype(np.float64), is_vector=True))
    return itk.GetArrayFromImage(_run(filter_, images, work))


def _run(process: Any, images: list[Any], work: Work) -> Any:
    """Return what a process makes of images.

    Raises
    ------
    Cancelled
        If it was stopped, of which SimpleITK may make an error.
    RegistrationRefused
        If it gives up.
    """
    try:
        result = process.Execute(*images)
    except RuntimeError as error:
        work.report(0.0)
        raise RegistrationRefused.at(
            "registration",
            f"{work.name} came to no result",
            "Find the lesions by hand",
        ) from error
    work.report(1.0)
    return result


def _watch(process: Any, stop: Callable[[], Any], steps: int, work: Work) -> None:
    """Report each step of a process, and stop it when asked."""
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if work.is_cancelled:
            stop()
        else:
            work.tell(min(done / steps, 1.0))

    process.AddCommand(_itk().sitkIterationEvent, step)


def _image(scan: Coarse, values: NDArray[Any], is_vector: bool = False) -> Any:
    """Return an array on the grid of a scan as an image of SimpleITK."""
    image = _itk().GetImageFromArray(values, isVector=is_vector)
    image.SetSpacing((scan.step_mm,) * 3)
    image.SetOrigin(scan.origin_lps.tolist())
    return image


def _itk() -> Any:
    """Return SimpleITK, half of whose types are known."""
    import SimpleITK

    return SimpleITK
