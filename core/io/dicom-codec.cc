/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JPEG, JPEG lossless, JPEG-LS and JPEG 2000 by GDCM. It gets single frames and sizes that were checked before. A
 * module of its own: loading GDCM takes longer than reading a small scan, and most scans do not need it.
 */
#include <mutex>

#include <gdcmImage.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>
#include <gdcmTransferSyntax.h>

#include "core/io/dicom.h"

static void
quieten ()
{
  static std::once_flag once;

  std::call_once (once, [] {
    gdcm::Trace::DebugOff ();
    gdcm::Trace::WarningOff ();
    gdcm::Trace::ErrorOff ();
  });
}

static WillisDicomDecoded
decode (const WillisDicomFile *file, const guint8 *const *fragments, const gsize *lengths, gsize n, guint8 *out,
        gsize n_out)
{
  const gdcm::TransferSyntax syntax (gdcm::TransferSyntax::GetTSType (file->transfer_syntax));
  gdcm::SmartPointer<gdcm::SequenceOfFragments> sequence = new gdcm::SequenceOfFragments;
  gdcm::DataElement pixels (gdcm::Tag (0x7fe0, 0x0010));
  gdcm::Image image;

  if (syntax == gdcm::TransferSyntax::TS_END || !syntax.IsEncapsulated ())
    return WILLIS_DICOM_UNSUPPORTED;
  for (gsize k = 0; k < n; k++)
    {
      gdcm::Fragment fragment;

      fragment.SetByteValue (reinterpret_cast<const char *> (fragments[k]), gdcm::VL ((uint32_t) lengths[k]));
      sequence->AddFragment (fragment);
    }
  pixels.SetVR (gdcm::VR::OB);
  pixels.SetValue (*sequence);
  image.SetNumberOfDimensions (2);
  image.SetDimension (0, (unsigned) file->columns);
  image.SetDimension (1, (unsigned) file->rows);
  image.SetPixelFormat (gdcm::PixelFormat (1, (unsigned short) file->bits_allocated, (unsigned short) file->bits_stored,
                                           (unsigned short) file->high_bit, file->is_signed ? 1 : 0));
  image.SetPhotometricInterpretation (gdcm::PhotometricInterpretation::MONOCHROME2);
  image.SetTransferSyntax (syntax);
  image.SetDataElement (pixels);
  return image.GetBufferLength () == n_out && image.GetBuffer (reinterpret_cast<char *> (out)) ? WILLIS_DICOM_DECODED
                                                                                               : WILLIS_DICOM_DAMAGED;
}

extern "C" __attribute__ ((visibility ("default"))) WillisDicomDecoded
willis_gdcm_decode (const WillisDicomFile *file, const guint8 *const *fragments, const gsize *lengths, gsize n,
                    guint8 *out, gsize n_out)
{
  quieten ();
  try
    {
      return decode (file, fragments, lengths, n, out, n_out);
    }
  catch (...)
    {
      return WILLIS_DICOM_DAMAGED;
    }
}
