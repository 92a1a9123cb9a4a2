/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The same work done by ITK and VTK, for comparison. All arrays are [nz][ny][nx]; results go to arrays of the
 * caller.
 */
#ifdef __cplusplus
extern "C"
{
#endif

  void peer_set_threads (int n);

  /* Outside voxels: distance to the nearest non-zero voxel, mm (SignedMaurerDistanceMapImageFilter). */
  void peer_itk_distance (const unsigned char *mask, const int dims[3], const double spacing[3], float *out);

  /* SmoothingRecursiveGaussianImageFilter. */
  void peer_itk_gaussian (const short *voxels, const int dims[3], const double spacing[3], double sigma,
                          float *out);

  /* HessianRecursiveGaussianImageFilter, normalised across scale, and SymmetricEigenAnalysisImageFilter:
   * smallest first. */
  void peer_itk_eigenvalues (const short *voxels, const int dims[3], const double spacing[3], double sigma,
                             float *out[3]);

  /* BinaryMask3DMeshSource, the surface of a mask. */
  void peer_itk_surface (const unsigned char *mask, const int dims[3], const double spacing[3],
                         long *n_points, long *n_triangles);

  /* ConnectedComponentImageFilter, joined over corners; returns how many pieces. */
  long peer_itk_components (const unsigned char *mask, const int dims[3], const double spacing[3]);

  /* FastMarchingImageFilter (first order) through speed, mm per unit of time, from one voxel. */
  void peer_itk_march (const float *speed, const int dims[3], const double spacing[3], const int start[3], float *out);

  /* MultiScaleHessianBasedMeasureImageFilter of HessianToObjectnessMeasureImageFilter: bright tubes at n widths between
   * the two, in equal ratios. */
  void peer_itk_vesselness (const short *voxels, const int dims[3], const double spacing[3], double smallest, double largest,
                            int n, float *out);

  /* Marching cubes of VTK: 0 vtkMarchingCubes, 1 vtkFlyingEdges3D. */
  void peer_vtk_surface (const short *voxels, const int dims[3], const double spacing[3], double level,
                         int kind, long *n_points, long *n_triangles);

#ifdef __cplusplus
}
#endif
