/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/later-page.h"

#include "core/base/i18n.h"

struct _WillisLaterPage
{
  WillisStepPage parent_instance;
  GtkLabel *title_label, *state_label;
  GtkWidget *content, *status_page, *needs_group, *needs_list;
  WillisStep step;
};

G_DEFINE_FINAL_TYPE (WillisLaterPage, willis_later_page, WILLIS_TYPE_STEP_PAGE)

static const char *
description (WillisStep step)
{
  switch (step)
    {
    case WILLIS_STEP_CATHETER:
    default:
      return _ ("This step will find the mandrel shape that puts the tip of a microcatheter where it should be, and show "
                "where the tip may lie. Its mechanics are being built; until they are checked against measurements "
                "it shows nothing.");
    }
}

static void
add_need (WillisLaterPage *self, WillisSession *session, WillisStep step)
{
  WillisStepState state = willis_session_step_state (session, step);

  gtk_list_box_append (GTK_LIST_BOX (self->needs_list),
                       willis_row_new (willis_step_title (step), willis_step_state_text (state)));
}

static void
willis_later_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisLaterPage *self = WILLIS_LATER_PAGE (page);

  gtk_label_set_text (self->title_label, willis_step_title (self->step));
  gtk_label_set_text (self->state_label, willis_step_state_text (WILLIS_STEP_LATER));
  adw_status_page_set_description (ADW_STATUS_PAGE (self->status_page), description (self->step));
  willis_list_clear (self->needs_list);
  add_need (self, session, WILLIS_STEP_VESSELS);
  add_need (self, session, WILLIS_STEP_ANEURYSM);
}

static void
willis_later_page_class_init (WillisLaterPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_later_page_update;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/later-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisLaterPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, WillisLaterPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, WillisLaterPage, content);
  gtk_widget_class_bind_template_child (widget_class, WillisLaterPage, status_page);
  gtk_widget_class_bind_template_child (widget_class, WillisLaterPage, needs_group);
  gtk_widget_class_bind_template_child (widget_class, WillisLaterPage, needs_list);
}

static void
willis_later_page_init (WillisLaterPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
willis_later_page_new (WillisSession *session, WillisStep step)
{
  GtkWidget *page = willis_step_page_new (WILLIS_TYPE_LATER_PAGE, session);

  WILLIS_LATER_PAGE (page)->step = step;
  return page;
}
