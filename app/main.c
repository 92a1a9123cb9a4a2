/* SPDX-License-Identifier: Apache-2.0 */
/* willis: the command line. */
#include "app/run.h"

int
main (int argc, char **argv)
{
  return willis_run (argc, argv, NULL);
}
