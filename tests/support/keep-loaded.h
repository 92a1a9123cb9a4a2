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

/* GLib leaves its table of 2048 quarks behind when it needs more, for readers without a lock (its own word in gquark.c). It is
 * asked for before anything of ours runs, so it is looked for among GLib's variables. */
#include <dlfcn.h>
#include <link.h>
#include <string.h>

int __sanitizer_get_ownership (const volatile void *p);
size_t __sanitizer_get_allocated_size (const volatile void *p);
void __lsan_ignore_object (const void *p);

__attribute__ ((no_sanitize ("address"))) static int
forgive_quarks (struct dl_phdr_info *info, size_t size, void *data)
{
  if (info->dlpi_name == NULL || strstr (info->dlpi_name, "libglib-2.0") == NULL)
    return 0;
  for (int n = 0; n < info->dlpi_phnum; n++)
    if (info->dlpi_phdr[n].p_type == PT_LOAD && (info->dlpi_phdr[n].p_flags & PF_W) != 0)
      {
        void *const *word = (void *const *) ((info->dlpi_addr + info->dlpi_phdr[n].p_vaddr + 7) & ~(ElfW (Addr)) 7);

        for (size_t k = 0; k < info->dlpi_phdr[n].p_memsz / sizeof *word - 1; k++)
          if (__sanitizer_get_ownership (word[k]) && __sanitizer_get_allocated_size (word[k]) == 2048 * sizeof (char *))
            __lsan_ignore_object (word[k]);
      }
  return 1;
}

__attribute__ ((constructor)) static void
forgive_early (void)
{
  dl_iterate_phdr (forgive_quarks, NULL);
}
#define LIBRARY_MAY_NOT_LEAK() __lsan_enable ()
#else
#define LIBRARY_MAY_LEAK()
#define LIBRARY_MAY_NOT_LEAK()
#endif
