/* SPDX-License-Identifier: Apache-2.0 */
/* willis-window: the same with GTK and VTK. "willis" starts it itself. */
#include "app/application.h"
#include "app/commands.h"
#include "app/pictures.h"
#include "app/run.h"

int
main (int argc, char **argv)
{
  const WillisDesktop desktop = { willis_application_run, willis_cmd_demo, willis_case_pictures };

  return willis_run (argc, argv, &desktop);
}
