/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JPEG, JPEG lossless, JPEG-LS and JPEG 2000 by GDCM. It gets single frames and sizes that were checked before.
 */
#include <exception>
#include <mutex>

#include <gdcmImage.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>
#include <gdcmTransferSyntax.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
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

static gboolean
decode (const WillisDicomFile *file, const guint8 *const *fragments, const gsize *lengths, gsize n, guint8 *out,
        gsize n_out, GError **error)
{
  const gdcm::TransferSyntax syntax (gdcm::TransferSyntax::GetTSType (file->transfer_syntax));
  gdcm::SmartPointer<gdcm::SequenceOfFragments> sequence = new gdcm::SequenceOfFragments;
  gdcm::DataElement pixels (gdcm::Tag (0x7fe0, 0x0010));
  gdcm::Image image;

  if (syntax == gdcm::TransferSyntax::TS_END || !syntax.IsEncapsulated ())
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its compression (transfer syntax %s) is not supported"),
                        file->transfer_syntax);
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
  image.SetPixelFormat (gdcm::PixelFormat (1, (unsigned short) file->bits_allocated,
                                           (unsigned short) file->bits_stored, (unsigned short) file->high_bit,
                                           file->is_signed ? 1 : 0));
  image.SetPhotometricInterpretation (gdcm::PhotometricInterpretation::MONOCHROME2);
  image.SetTransferSyntax (syntax);
  image.SetDataElement (pixels);
  if (image.GetBufferLength () != n_out || !image.GetBuffer (reinterpret_cast<char *> (out)))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its compressed pixels cannot be decoded"));
  return TRUE;
}

extern "C" gboolean
willis_gdcm_decode (const WillisDicomFile *file, const guint8 *const *fragments, const gsize *lengths, gsize n,
                    guint8 *out, gsize n_out, GError **error)
{
  quieten ();
  try
    {
      return decode (file, fragments, lengths, n, out, n_out, error);
    }
  catch (const std::exception &)
    {
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its compressed pixels cannot be decoded"));
    }
  catch (...)
    {
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its compressed pixels cannot be decoded"));
    }
}
