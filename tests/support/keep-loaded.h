/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Under the address sanitizer libraries stay loaded until the end: what a driver keeps is suppressed by the driver's name
 * (lsan.supp), which nobody can tell any more once it has been unloaded. For tests that draw.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WILLIS_KEEP_LOADED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(WILLIS_KEEP_LOADED)
int dlclose (void *handle);

__attribute__ ((visibility ("default"))) int
dlclose (void *handle)
{
  (void) handle;
  return 0;
}

/* Between these, what this thread allocates may stay: for what a library keeps and a stack does not tell, because GLib between
 * it and malloc has no frame pointers. */
void __lsan_disable (void);
void __lsan_enable (void);
#define LIBRARY_MAY_LEAK() __lsan_disable ()
#define LIBRARY_MAY_NOT_LEAK() __lsan_enable ()
#else
#define LIBRARY_MAY_LEAK()
#define LIBRARY_MAY_NOT_LEAK()
#endif
