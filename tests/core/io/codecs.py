# SPDX-License-Identifier: Apache-2.0
"""One slice in every transfer syntax: lossless ones to the bit, lossy ones close to it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
import dicom
import tap


def values_of(folder, path):
    out = os.path.join(folder, "out.nii")
    tap.willis_json("convert", path, out)
    nifti = dicom.Nifti(out)
    return [nifti.inter + nifti.slope * v for v in nifti.values]


def test_nine_lossless_encodings(folder):
    source = tap.need_data("dicom", "one-slice-nine-encodings")
    first = values_of(folder, os.path.join(source, "1.dcm"))
    assert max(first) > 1000
    for n in range(2, 10):
        assert values_of(folder, os.path.join(source, f"{n}.dcm")) == first, n


def test_fourteen_transfer_syntaxes(folder):
    source = tap.need_data("dicom", "transfer-syntaxes")
    first = values_of(folder, os.path.join(source, "CTImage.dcm"))
    # what the encoder of these files lost, in HU: (largest mean error, largest error at 99 % of the pixels);
    # 4.50 squeezed the values into 8 bits (32 HU a step) before, the others are ordinary lossy pictures of 12 bits
    lossy = {"4.50": (25, 75), "4.51": (6, 25), "4.53": (6, 25), "4.55": (6, 25), "4.81": (3, 10), "4.91": (6, 20)}
    seen = 0
    for name in sorted(os.listdir(source)):
        if not name.endswith(".dcm"):
            continue
        seen += 1
        values = values_of(folder, os.path.join(source, name))
        assert len(values) == len(first), name
        bounds = next((b for key, b in lossy.items() if name.endswith("1.2.840.10008.1.2." + key + ".dcm")), None)
        if bounds is None:
            assert values == first, name
            continue
        errors = sorted(abs(a - b) for a, b in zip(values, first))
        mean, most = sum(errors) / len(errors), errors[int(0.99 * len(errors))]
        print(f"# {name.split('_')[1]}: mean error {mean:.2f} HU, 99 % below {most:.0f} HU")
        assert mean <= bounds[0] and most <= bounds[1], (name, mean, most)
    assert seen == 16, seen


sys.exit(tap.run(sys.modules[__name__]))
