/* SPDX-License-Identifier: BSD-3-Clause */
/* Views that are a page: the cursor goes from line to line, and Enter to where a line leads. */
#include "cli/tui/ui.h"

static struct page *shown_page(struct ui *ui)
{
    return &ui->states.pages[ui->view];
}

bool page_view_command(struct ui *ui, enum command command)
{
    struct page *page = shown_page(ui);
    if (command == COMMAND_ENTER) {
        const struct target target = page_target(page);
        ui_follow(ui, &target);
        return true;
    }
    return list_command(&page->list, command);
}

void page_view_click(struct ui *ui, int column, int row)
{
    struct page *page = shown_page(ui);
    size_t line;
    (void)column;
    if (!list_hit(&page->list, row, &line)) {
        return;
    }
    bool again = line == page->list.cursor;
    list_go(&page->list, line);
    if (again) {
        page_view_command(ui, COMMAND_ENTER);
    }
}

bool page_view_search(struct ui *ui, const char *text, int step, bool from_here)
{
    return page_search(shown_page(ui), text, step, from_here);
}

size_t page_view_rows(const struct ui *ui)
{
    return (size_t)ui->states.pages[ui->view].lines;
}
