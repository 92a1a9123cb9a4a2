/* SPDX-License-Identifier: Apache-2.0 */
/* A case file as VTK, and so ParaView, reads it: the scan lies where it lay, voxel by voxel. */
#include <vtkDataArray.h>
#include <vtkHDFReader.h>
#include <vtkImageData.h>
#include <vtkMatrix3x3.h>
#include <vtkNew.h>
#include <vtkPointData.h>

#include <cmath>
#include <cstdio>

extern "C"
{
#include "tests/core/case/vtkhdf.h"
}

extern "C" int
vtkhdf_differs (const char *path, const int dims[3], const double spacing[3], const double origin[3], const double direction[9],
                const double *scan)
{
  vtkNew<vtkHDFReader> reader;
  vtkImageData *image;
  vtkDataArray *voxels;
  int found[3];

  reader->SetFileName (path);
  if (!reader->CanReadFile (path))
    return 1;
  reader->Update ();
  image = vtkImageData::SafeDownCast (reader->GetOutputDataObject (0));
  if (image == nullptr)
    return 2;
  image->GetDimensions (found);
  for (int a = 0; a < 3; a++)
    if (found[a] != dims[a] || std::fabs (image->GetSpacing ()[a] - spacing[a]) > 1e-9
        || std::fabs (image->GetOrigin ()[a] - origin[a]) > 1e-9)
      return 3;
  for (int i = 0; i < 9; i++)
    if (std::fabs (image->GetDirectionMatrix ()->GetElement (i / 3, i % 3) - direction[i]) > 1e-9)
      return 4;
  voxels = image->GetPointData ()->GetArray ("scan");
  if (voxels == nullptr || voxels->GetNumberOfTuples () != (vtkIdType) dims[0] * dims[1] * dims[2])
    return 5;
  for (vtkIdType i = 0; i < voxels->GetNumberOfTuples (); i++)
    if (voxels->GetTuple1 (i) != scan[i])
      return 6;
  return 0;
}
