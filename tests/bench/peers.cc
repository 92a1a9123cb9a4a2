/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/peers.h"

#include <cstring>

#include <itkBinaryMask3DMeshSource.h>
#include <itkConnectedComponentImageFilter.h>
#include <itkFastMarchingImageFilter.h>
#include <itkHessianRecursiveGaussianImageFilter.h>
#include <itkHessianToObjectnessMeasureImageFilter.h>
#include <itkImage.h>
#include <itkImportImageFilter.h>
#include <itkMesh.h>
#include <itkMultiScaleHessianBasedMeasureImageFilter.h>
#include <itkMultiThreaderBase.h>
#include <itkSignedMaurerDistanceMapImageFilter.h>
#include <itkSmoothingRecursiveGaussianImageFilter.h>
#include <itkSymmetricEigenAnalysisImageFilter.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkMarchingCubes.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkSMPTools.h>
#include <vtkShortArray.h>

template <typename T>
static typename itk::ImportImageFilter<T, 3>::Pointer
wrap (const T *voxels, const int dims[3], const double spacing[3])
{
  auto import = itk::ImportImageFilter<T, 3>::New ();
  typename itk::ImportImageFilter<T, 3>::RegionType region;
  typename itk::ImportImageFilter<T, 3>::SizeType size
      = { { (itk::SizeValueType)dims[0], (itk::SizeValueType)dims[1], (itk::SizeValueType)dims[2] } };

  region.SetSize (size);
  import->SetRegion (region);
  import->SetSpacing (spacing);
  import->SetImportPointer (const_cast<T *> (voxels), size[0] * size[1] * size[2], false);
  return import;
}

extern "C" void
peer_set_threads (int n)
{
  itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads (n);
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads (n);
  vtkSMPTools::Initialize (n);
}

extern "C" void
peer_itk_distance (const unsigned char *mask, const int dims[3], const double spacing[3], float *out)
{
  using Mask = itk::Image<unsigned char, 3>;
  using Real = itk::Image<float, 3>;
  auto import = wrap (mask, dims, spacing);
  auto filter = itk::SignedMaurerDistanceMapImageFilter<Mask, Real>::New ();

  filter->SetInput (import->GetOutput ());
  filter->SetUseImageSpacing (true);
  filter->SetSquaredDistance (false);
  filter->Update ();
  std::memcpy (out, filter->GetOutput ()->GetBufferPointer (),
               sizeof (float) * (size_t)dims[0] * (size_t)dims[1] * (size_t)dims[2]);
}

extern "C" void
peer_itk_gaussian (const short *voxels, const int dims[3], const double spacing[3], double sigma, float *out)
{
  using In = itk::Image<short, 3>;
  using Real = itk::Image<float, 3>;
  auto import = wrap (voxels, dims, spacing);
  auto filter = itk::SmoothingRecursiveGaussianImageFilter<In, Real>::New ();

  filter->SetInput (import->GetOutput ());
  filter->SetSigma (sigma);
  filter->Update ();
  std::memcpy (out, filter->GetOutput ()->GetBufferPointer (),
               sizeof (float) * (size_t)dims[0] * (size_t)dims[1] * (size_t)dims[2]);
}

extern "C" void
peer_itk_eigenvalues (const short *voxels, const int dims[3], const double spacing[3], double sigma,
                      float *out[3])
{
  using In = itk::Image<short, 3>;
  using Tensor = itk::Image<itk::SymmetricSecondRankTensor<float, 3>, 3>;
  using Vector = itk::Image<itk::FixedArray<float, 3>, 3>;
  auto import = wrap (voxels, dims, spacing);
  auto hessian = itk::HessianRecursiveGaussianImageFilter<In, Tensor>::New ();
  auto eigen = itk::SymmetricEigenAnalysisImageFilter<Tensor, Vector>::New ();
  size_t n = (size_t)dims[0] * (size_t)dims[1] * (size_t)dims[2];

  hessian->SetInput (import->GetOutput ());
  hessian->SetSigma (sigma);
  hessian->SetNormalizeAcrossScale (true);
  eigen->SetInput (hessian->GetOutput ());
  eigen->SetDimension (3);
  eigen->Update ();
  const itk::FixedArray<float, 3> *values = eigen->GetOutput ()->GetBufferPointer ();
  for (size_t m = 0; m < n; m++)
    for (int a = 0; a < 3; a++)
      out[a][m] = values[m][a];
}

extern "C" void
peer_itk_surface (const unsigned char *mask, const int dims[3], const double spacing[3], long *n_points,
                  long *n_triangles)
{
  using Mask = itk::Image<unsigned char, 3>;
  using Mesh = itk::Mesh<double, 3>;
  auto import = wrap (mask, dims, spacing);
  auto filter = itk::BinaryMask3DMeshSource<Mask, Mesh>::New ();

  import->Update ();
  filter->SetInput (import->GetOutput ());
  filter->SetObjectValue (1);
  filter->Update ();
  *n_points = (long)filter->GetOutput ()->GetNumberOfPoints ();
  *n_triangles = (long)filter->GetOutput ()->GetNumberOfCells ();
}

extern "C" void
peer_vtk_surface (const short *voxels, const int dims[3], const double spacing[3], double level, int kind,
                  long *n_points, long *n_triangles)
{
  vtkNew<vtkImageData> image;
  vtkNew<vtkShortArray> array;
  vtkSmartPointer<vtkPolyData> mesh;

  array->SetArray (const_cast<short *> (voxels), (vtkIdType)dims[0] * dims[1] * dims[2], 1);
  image->SetDimensions (dims);
  image->SetSpacing (spacing);
  image->GetPointData ()->SetScalars (array);
  if (kind == 0)
    {
      vtkNew<vtkMarchingCubes> filter;

      filter->SetInputData (image);
      filter->SetValue (0, level);
      filter->ComputeNormalsOff ();
      filter->ComputeScalarsOff ();
      filter->Update ();
      mesh = filter->GetOutput ();
    }
  else
    {
      vtkNew<vtkFlyingEdges3D> filter;

      filter->SetInputData (image);
      filter->SetValue (0, level);
      filter->ComputeNormalsOff ();
      filter->ComputeScalarsOff ();
      filter->Update ();
      mesh = filter->GetOutput ();
    }
  *n_points = (long)mesh->GetNumberOfPoints ();
  *n_triangles = (long)mesh->GetNumberOfCells ();
}

extern "C" long
peer_itk_components (const unsigned char *mask, const int dims[3], const double spacing[3])
{
  using Mask = itk::Image<unsigned char, 3>;
  using Labels = itk::Image<unsigned int, 3>;
  auto import = wrap (mask, dims, spacing);
  auto filter = itk::ConnectedComponentImageFilter<Mask, Labels>::New ();

  filter->SetInput (import->GetOutput ());
  filter->FullyConnectedOn ();
  filter->Update ();
  return (long)filter->GetObjectCount ();
}

extern "C" void
peer_itk_march (const float *speed, const int dims[3], const double spacing[3], const int start[3], float *out)
{
  using Real = itk::Image<float, 3>;
  using March = itk::FastMarchingImageFilter<Real, Real>;
  auto import = wrap (speed, dims, spacing);
  auto filter = March::New ();
  auto seeds = March::NodeContainer::New ();
  March::NodeType node;
  Real::IndexType index = { { start[0], start[1], start[2] } };

  node.SetValue (0.0);
  node.SetIndex (index);
  seeds->Initialize ();
  seeds->InsertElement (0, node);
  filter->SetInput (import->GetOutput ());
  filter->SetTrialPoints (seeds);
  filter->Update ();
  std::memcpy (out, filter->GetOutput ()->GetBufferPointer (),
               sizeof (float) * (size_t)dims[0] * (size_t)dims[1] * (size_t)dims[2]);
}

extern "C" void
peer_itk_vesselness (const short *voxels, const int dims[3], const double spacing[3], double smallest, double largest, int n,
                     float *out)
{
  using In = itk::Image<short, 3>;
  using Real = itk::Image<float, 3>;
  using Tensor = itk::Image<itk::SymmetricSecondRankTensor<double, 3>, 3>;
  using Measure = itk::HessianToObjectnessMeasureImageFilter<Tensor, Real>;
  auto import = wrap (voxels, dims, spacing);
  auto measure = Measure::New ();
  auto filter = itk::MultiScaleHessianBasedMeasureImageFilter<In, Tensor, Real>::New ();

  measure->SetBrightObject (true);
  measure->SetObjectDimension (1);
  filter->SetInput (import->GetOutput ());
  filter->SetHessianToMeasureFilter (measure);
  filter->SetSigmaStepMethodToLogarithmic ();
  filter->SetSigmaMinimum (smallest);
  filter->SetSigmaMaximum (largest);
  filter->SetNumberOfSigmaSteps ((unsigned)n);
  filter->Update ();
  std::memcpy (out, filter->GetOutput ()->GetBufferPointer (),
               sizeof (float) * (size_t)dims[0] * (size_t)dims[1] * (size_t)dims[2]);
}
