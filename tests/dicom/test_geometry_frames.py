"""Enhanced multi-frame images read as the single slices that they were made of."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.slice_header import read_images
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from recist_tool.measure.caliper.caliper import PlaneCaliper, as_record, from_record
from tests.dicom.enhanced_files import enhanced, item_of, write_enhanced
from tests.dicom.mask_files import save_and_close
from tests.dicom.series_files import Files, new_uid, pet, save

OBLIQUE = ((0.8, 0.6, 0.0), (-0.48, 0.64, 0.6))
SYNTAXES = [
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    JPEGLSLossless,
    JPEG2000Lossless,
]
HIGHDICOM_NEEDS = ("PatientBirthDate", "AccessionNumber", "ReferringPhysicianName")
PER_SLICE = ["voxels", "slice_origins_lps", "row_axis_lps", "column_axis_lps"]


def codes(series):
    return {str(warning.code) for warning in series.warnings}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_enhanced_ct_is_the_series_of_its_slices(tmp_path, syntax):
    files = Files(count=5, shape=(32, 40), axes=OBLIQUE, transfer_syntax=syntax)
    files.write(tmp_path / "single")
    write_enhanced(files, tmp_path / "enhanced" / "a", order=(3, 0, 4, 1, 2))
    (single,) = scan([tmp_path / "single"]).series
    (whole,) = scan([tmp_path / "enhanced"]).series
    assert whole.warnings == single.warnings == ()
    assert whole.spacing_mm == single.spacing_mm
    assert whole.frame_numbers == (2, 4, 5, 1, 3)
    assert len(whole.files) == whole.as_json()["files"] == 1
    for name in PER_SLICE:
        np.testing.assert_array_equal(
            getattr(load(whole), name), getattr(load(single), name)
        )


def test_each_frame_has_its_own_rescale(tmp_path):
    dataset = enhanced(Files(count=3))
    for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        frame.PixelValueTransformationSequence[0].RescaleIntercept = 100 * number
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    volume = load(scan([tmp_path]).series[0])
    for index in range(3):
        stored = Files().stored(index).astype(int)
        np.testing.assert_array_equal(volume.voxels[index], stored + 100 * index)


def test_a_caliper_on_a_frame_is_found_again_after_another_scan(tmp_path):
    write_enhanced(Files(count=4), tmp_path / "a", order=(2, 1, 3, 0))
    drawn = PlaneCaliper(((1.0, 1.0), (4.0, 6.0)))
    volume = load(scan([tmp_path]).series[0])
    assert len(set(volume.sop_instance_uids)) == 1
    record = as_record(volume, 2, drawn)
    assert record.plane.frame_number == 1
    assert from_record(load(scan([tmp_path]).series[0]), record) == (2, drawn)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda index: {"StackID": str(index // 4)}, "stack"),
        (lambda index: {"TemporalPositionIndex": 1 + index // 4}, "temporal position"),
        (lambda index: {"FrameAcquisitionNumber": 1 + index // 4}, "acquisition"),
        (
            lambda index: {"DimensionIndexValues": [1 + index // 4, 1 + index % 4]},
            "dim",
        ),
        (
            lambda index: {"FrameAcquisitionDateTime": f"202401021{index // 4}0000"},
            "acquisition time",
        ),
    ],
)
def test_frames_at_the_same_positions_are_split_by_what_tells_them_apart(
    tmp_path, content, words
):
    dataset = enhanced(Files(count=8), content=content)
    frames = dataset.PerFrameFunctionalGroupsSequence
    for early, late in zip(frames[:4], frames[4:], strict=True):
        late.PlanePositionSequence = early.PlanePositionSequence
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    first, second = scan([tmp_path]).series
    assert codes(first) == codes(second) == {"duplicate-position"}
    assert words in first.warnings[0].text
    assert {first.frame_numbers, second.frame_numbers} == {(1, 2, 3, 4), (5, 6, 7, 8)}
    assert first.slice_spacing_mm == second.slice_spacing_mm == 2.5


def test_two_orientations_in_one_file_are_two_volumes(tmp_path):
    dataset = enhanced(Files(count=6))
    sagittal = enhanced(Files(count=3, axes=((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))))
    shared = dataset.SharedFunctionalGroupsSequence[0]
    axial = shared.PlaneOrientationSequence
    del shared.PlaneOrientationSequence
    other = sagittal.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
    frames = dataset.PerFrameFunctionalGroupsSequence
    for number, frame in enumerate(frames):
        frame.PlaneOrientationSequence = axial if number < 3 else other
    for frame, like in zip(
        frames[3:], sagittal.PerFrameFunctionalGroupsSequence, strict=True
    ):
        frame.PlanePositionSequence = like.PlanePositionSequence
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    first, second = scan([tmp_path]).series
    assert codes(first) == codes(second) == {"mixed-orientation"}
    assert first.slice_spacing_mm == second.slice_spacing_mm == 2.5


def test_a_localizer_among_frames_is_named(tmp_path):
    dataset = enhanced(Files(count=3))
    frame_type = ["ORIGINAL", "PRIMARY", "LOCALIZER", "NONE"]
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        item = Dataset()
        item.FrameType = frame_type
        frame.CTImageFrameTypeSequence = [item]
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    (series,) = scan([tmp_path]).series
    assert "localizer" in codes(series)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PlanePositionSequence", "ImagePositionPatient"),
        ("PerFrameFunctionalGroupsSequence", "does not say where its frames lie"),
    ],
)
def test_frames_that_cannot_be_placed_are_refused_with_the_tag(tmp_path, name, words):
    dataset = enhanced(Files(count=3))
    if name in dataset:
        del dataset[name]
    else:
        del dataset.PerFrameFunctionalGroupsSequence[1][name]
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    with pytest.raises(DicomError, match=words):
        read_images(tmp_path / "a")


@pytest.mark.parametrize("count", [2, 4, 2_000_000_000])
def test_a_wrong_number_of_frames_is_refused(tmp_path, count):
    dataset = enhanced(Files(count=3))
    dataset.NumberOfFrames = count
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    with pytest.raises(DicomError, match="frames"):
        read_images(tmp_path / "a")


def test_pixels_for_fewer_frames_than_announced_are_cut_off(tmp_path):
    dataset = enhanced(Files(count=3))
    dataset.PixelData = dataset.PixelData[:-100]
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    with pytest.raises(DicomError, match="cut off"):
        read_images(tmp_path / "a")


def test_one_frame_of_an_enhanced_file_is_an_image_like_any_other(tmp_path):
    write_enhanced(Files(count=1), tmp_path / "a")
    (image,) = read_images(tmp_path / "a")
    assert (image.frame_number, image.frame_count) == (1, 1)
    assert image.pixel_spacing_mm == (0.8, 0.8)
    (series,) = scan([tmp_path]).series
    assert series.frame_numbers == ()


def test_private_and_unknown_sequences_in_frames_are_stepped_over(tmp_path):
    write_enhanced(Files(count=2), tmp_path / "a", traps=True)
    for index, image in enumerate(read_images(tmp_path / "a")):
        assert image.position_lps == tuple(Files().position(index))
        assert image.pixel_spacing_mm == (0.8, 0.8)
        assert tags.PER_FRAME_GROUPS not in image.elements


def in_pieces(dataset, pieces, table):
    """Return encapsulated pixels whose frames consist of several pieces."""
    from pydicom.encaps import encapsulate, generate_frames

    frames = list(generate_frames(dataset.PixelData, number_of_frames=3))
    return encapsulate(frames, fragments_per_frame=pieces, has_bot=table)


@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("pieces", [1, 2])
def test_compressed_frames_in_pieces_are_found_by_the_offset_table(
    tmp_path, pieces, table
):
    files = Files(count=3, shape=(32, 32))
    dataset = enhanced(files)
    dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
    dataset.PixelData = in_pieces(dataset, pieces, table)
    dataset.save_as(tmp_path / "a", enforce_file_format=True)
    if pieces == 2 and not table:
        with pytest.raises(DicomError, match="cannot be told apart"):
            read_images(tmp_path / "a")
        return
    volume = load(scan([tmp_path]).series[0])
    stored = np.stack([files.stored(index) for index in range(3)]).astype(int)
    np.testing.assert_array_equal(volume.voxels, stored - 1024)


def test_an_extended_offset_table_is_believed(tmp_path):
    from pydicom.encaps import encapsulate_extended, generate_frames

    files = Files(count=3, shape=(32, 32))
    dataset = enhanced(files)
    dataset.compress(RLELossless, generate_instance_uid=False)
    frames = list(generate_frames(dataset.PixelData, number_of_frames=3))
    out = encapsulate_extended(frames)
    dataset.PixelData, dataset.ExtendedOffsetTable = out[:2]
    dataset.ExtendedOffsetTableLengths = out[2]
    dataset.save_as(tmp_path / "a", enforce_file_format=True)
    volume = load(scan([tmp_path]).series[0])
    np.testing.assert_array_equal(volume.voxels[2], files.stored(2).astype(int) - 1024)


def test_an_enhanced_pet_without_units_is_no_suv_and_says_which_tag(tmp_path):
    files = pet(Units=None).but(count=3)
    write_enhanced(files, tmp_path / "a")
    (series,) = scan([tmp_path]).series
    assert "Units (0054,1001)" in series.suv.refused
    assert load(series).suv_refused == series.suv.refused


def test_an_enhanced_pet_with_the_tags_of_suv_is_in_suv(tmp_path):
    pet().write(tmp_path / "single")
    write_enhanced(pet(), tmp_path / "enhanced" / "a")
    (single,) = scan([tmp_path / "single"]).series
    (whole,) = scan([tmp_path / "enhanced"]).series
    assert whole.suv.factors.suvbw_factor == single.suv.factors.suvbw_factor
    assert load(whole).units == "SUVbw"


def truly_enhanced(
    path, unit="Bq/ml", corrected_to="20240102110000", decayed="YES", slope=0.5
):
    """Write a PET without any tag that only single PET images have."""
    single_only = ("Units", "CorrectedImage", "DecayCorrection", "SeriesTime")
    dataset = enhanced(pet(**dict.fromkeys(single_only)).but(count=3))
    dataset.DecayCorrected = decayed
    dataset.AttenuationCorrected = "YES"
    if corrected_to:
        dataset.DecayCorrectionDateTime = corrected_to
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        code = item_of({"CodeValue": unit, "CodingSchemeDesignator": "UCUM"})
        mapped = {"MeasurementUnitsCodeSequence": [code]}
        mapped |= {"RealWorldValueSlope": slope, "RealWorldValueIntercept": 0.0}
        frame.RealWorldValueMappingSequence = [item_of(mapped)]
    save(dataset, path, ExplicitVRLittleEndian)


def test_enhanced_pet_in_becquerel_is_the_suv_of_its_single_images(tmp_path):
    pet().but(count=3).write(tmp_path / "single")
    (tmp_path / "enhanced").mkdir()
    truly_enhanced(tmp_path / "enhanced" / "a")
    (single,) = scan([tmp_path / "single"]).series
    (whole,) = scan([tmp_path / "enhanced"]).series
    assert whole.suv.factors.suvbw_factor == single.suv.factors.suvbw_factor
    np.testing.assert_array_equal(load(whole).voxels, load(single).voxels)


def test_enhanced_pet_corrected_to_the_injection_needs_no_decay(tmp_path):
    truly_enhanced(tmp_path / "a", corrected_to="20240102100000")
    (series,) = scan([tmp_path]).series
    assert series.suv.factors.suvbw_factor == pytest.approx(70_000 / 370e6)


def test_enhanced_pet_in_suv_is_taken_as_it_is(tmp_path):
    truly_enhanced(tmp_path / "a", unit="{SUVbw}g/ml", slope=0.25)
    (series,) = scan([tmp_path]).series
    assert series.suv.factors.suvbw_factor == 1.0
    stored = pet().stored(1).astype(np.float32)
    np.testing.assert_allclose(load(series).voxels[1], stored * 0.25)


def with_maps(path, *maps):
    """Give every frame these real world value maps: slope, intercept, first, last."""
    truly_enhanced(path)
    dataset = dcmread(path)
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        (mapped,) = frame.RealWorldValueMappingSequence
        frame.RealWorldValueMappingSequence = [
            item_of(
                {
                    "MeasurementUnitsCodeSequence": mapped.MeasurementUnitsCodeSequence,
                    "RealWorldValueSlope": slope,
                    "RealWorldValueIntercept": intercept,
                }
                | ({} if first is None else {names[0]: first, names[1]: last})
            )
            for slope, intercept, first, last, names in maps
        ]
    dataset.save_as(path)
    return scan([path]).series[0]


WHOLE = ("RealWorldValueFirstValueMapped", "RealWorldValueLastValueMapped")
DOUBLE = tuple(f"DoubleFloat{name}" for name in WHOLE)


@pytest.mark.parametrize("names", [WHOLE, DOUBLE])
def test_each_real_world_value_map_counts_in_its_range(tmp_path, names):
    low, high = (0.5, 0.0, -1000, 99, names), (2.0, -150.0, 100, 3000, names)
    series = with_maps(tmp_path / "a", low, high)
    stored = pet().stored(1).astype(float)
    assert (stored < 100).any()
    assert (stored >= 100).any()
    truth = np.where(stored < 100, stored * 0.5, stored * 2 - 150)
    np.testing.assert_allclose(
        load(series).voxels[1], truth * series.suv.factors.suvbw_factor, rtol=1e-6
    )
    turned = with_maps(tmp_path / "b", high, low)
    np.testing.assert_array_equal(load(turned).voxels, load(series).voxels)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ((2.0, 0.0, None, None, WHOLE), "does not say in which range each counts"),
        ((2.0, 0.0, 99, 3000, WHOLE), "count for the same values"),
        ((2.0, 0.0, 200, 3000, WHOLE), "in the range of none of its real world value"),
    ],
)
def test_real_world_value_maps_that_contradict_each_other_are_refused(
    tmp_path, other, said
):
    series = with_maps(tmp_path / "a", (0.5, 0.0, -1000, 99, WHOLE), other)
    with pytest.raises(DicomError) as refused:
        load(series)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "{counts}/s"}, r"Units \(0054,1001\)"),
        ({"corrected_to": ""}, r"DecayCorrection \(0054,1102\)"),
    ],
)
def test_enhanced_pet_that_does_not_say_enough_is_refused_with_the_tag(
    tmp_path, options, words
):
    truly_enhanced(tmp_path / "a", **options)
    (series,) = scan([tmp_path]).series
    assert re.search(words, series.suv.refused)


@pytest.mark.parametrize("modality", ["CT", "PT"])
def test_images_that_another_library_converted_are_the_series_they_were(
    tmp_path, modality
):
    from highdicom.legacy import LegacyConvertedEnhancedCTImage as EnhancedCT
    from highdicom.legacy import LegacyConvertedEnhancedPETImage as EnhancedPET

    files = (pet() if modality == "PT" else Files()).but(count=4, axes=OBLIQUE)
    files = files.tagged(**dict.fromkeys(HIGHDICOM_NEEDS, "")).tagged(
        StudyTime="100000", StudyID="1", SoftwareVersions="1", Manufacturer="Nobody"
    )
    files.write(tmp_path / "single")
    convert = EnhancedPET if modality == "PT" else EnhancedCT
    converted = convert(
        [files.dataset(index) for index in (2, 0, 3, 1)],
        series_instance_uid=new_uid(),
        series_number=9,
        sop_instance_uid=new_uid(),
        instance_number=1,
    )
    (tmp_path / "enhanced").mkdir()
    save_and_close(converted, tmp_path / "enhanced" / "a")
    (single,) = scan([tmp_path / "single"]).series
    (whole,) = scan([tmp_path / "enhanced"]).series
    for name in PER_SLICE:
        np.testing.assert_array_equal(
            getattr(load(whole), name), getattr(load(single), name)
        )
    assert whole.spacing_mm == single.spacing_mm
    assert load(whole).units == load(single).units
