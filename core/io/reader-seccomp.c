/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the helper process may ask of the kernel: read files, memory, threads. It may not write or change files, start
 * programs, open connections, or look into other processes, should a hostile file ever get its way inside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <glib.h>

#include "core/io/reader-private.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

// the lower half of argument n on little-endian machines; what the kernel looks at for flags
#define ARGUMENT(n) ((guint32) offsetof (struct seccomp_data, args[n]))

#define LOAD(offset) BPF_STMT (BPF_LD | BPF_W | BPF_ABS, (guint32) (offset))
#define REFUSE(number) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (number))
#define DENY(name) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint32) SYS_##name, 0, 1), REFUSE (EPERM)
#define MISSING(name) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint32) SYS_##name, 0, 1), REFUSE (ENOSYS)

/* Where argument n of this call has any of these bits (or, for has_not, none of them) it is refused. */
#define DENY_WITH(name, n, bits)                                                                                     \
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint32) SYS_##name, 0, 4), LOAD (ARGUMENT (n)),                              \
      BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, (guint32) (bits), 0, 1), REFUSE (EPERM),                                  \
      BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENY_WITHOUT(name, n, bits)                                                                                  \
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint32) SYS_##name, 0, 4), LOAD (ARGUMENT (n)),                              \
      BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, (guint32) (bits), 1, 0), REFUSE (EPERM),                                  \
      BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)

static const struct sock_filter rules[] = {
  LOAD (offsetof (struct seccomp_data, arch)),
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
  BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  LOAD (offsetof (struct seccomp_data, nr)),
#ifdef __x86_64__
  // the same calls by their numbers of the x32 kind
  BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1),
  REFUSE (ENOSYS),
  DENY_WITH (open, 1, WRITING),
  DENY (creat),
  DENY (unlink),
  DENY (rename),
  DENY (mkdir),
  DENY (rmdir),
  DENY (link),
  DENY (symlink),
  DENY (chmod),
  DENY (chown),
  DENY (fork),
  DENY (vfork),
#endif
  DENY_WITH (openat, 2, WRITING),
  DENY_WITHOUT (clone, 0, CLONE_THREAD),
  MISSING (clone3), // the C library then uses clone
  MISSING (openat2),
  DENY (execve),
  DENY (execveat),
  DENY (socket),
  DENY (socketpair),
  DENY (connect),
  DENY (bind),
  DENY (ptrace),
  DENY (process_vm_readv),
  DENY (process_vm_writev),
  DENY (kill),
  DENY (unlinkat),
  DENY (renameat),
  DENY (renameat2),
  DENY (mkdirat),
  DENY (mknodat),
  DENY (linkat),
  DENY (symlinkat),
  DENY (truncate),
  DENY (fchmod),
  DENY (fchmodat),
  DENY (fchown),
  DENY (fchownat),
  DENY (utimensat),
  DENY (setxattr),
  DENY (mount),
  DENY (umount2),
  DENY (chroot),
  DENY (unshare),
  DENY (setns),
  DENY (bpf),
  DENY (keyctl),
  DENY (add_key),
  BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

void
willis_reader_restrict_calls (void)
{
  const struct sock_fprog program = { G_N_ELEMENTS (rules), (struct sock_filter *) rules };

  // a kernel without it reads all the same, as it did before there was this file
  prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#else

void
willis_reader_restrict_calls (void)
{
}

#endif
