/* SPDX-License-Identifier: BSD-3-Clause */
/* Saving: a file appears when it is complete, as all outputs of the program do. */
#include "cli/tui/save.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/output.h"
#include "cli/tui/save_packets.h"
#include "cli/tui/ui.h"

/* "mptcp-connections.txt" */
static void save_view_path(enum view_id view, char *path, size_t size)
{
    snprintf(path, size, "mptcp-%s.txt", view_title(view));
    for (char *letter = path; *letter != '\0'; letter++) {
        if (*letter >= 'A' && *letter <= 'Z') {
            *letter = (char)(*letter - 'A' + 'a');
        }
    }
}

void save_path(const struct ui *ui, enum save_form form, char *path, size_t size)
{
    bool tagged = roster_tag_count(&ui->states.connections.roster) > 0;
    switch (form) {
    case SAVE_PACKETS:
        if (tagged) {
            snprintf(path, size, "mptcp-tagged.pcapng");
        } else {
            snprintf(path, size, "mptcp-connection-%" PRIu32 ".pcapng", ui->connection);
        }
        break;
    case SAVE_SHOWN:
        snprintf(path, size, "mptcp-connections.pcapng");
        break;
    case SAVE_VIEW:
        save_view_path(ui->view, path, size);
        break;
    case SAVE_TEXT:
        snprintf(path, size, "mptcp-report.txt");
        break;
    case SAVE_JSON:
        snprintf(path, size, "mptcp-report.json");
        break;
    }
}

bool save_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode));
}

/* A directory, or a pipe, which could keep the screen waiting for ever. */
static bool path_is_no_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static bool path_is_input(const struct ui *ui, const char *path)
{
    for (size_t i = 0; i < ui->settings.input_count; i++) {
        if (output_is_file(path, ui->settings.inputs[i])) {
            return true;
        }
    }
    return false;
}

/* The view on a screen that is as high as it has rows; the screen itself is drawn anew after it. */
static bool view_write(struct ui *ui, FILE *stream)
{
    struct grid tall = {.utf8 = ui->settings.utf8};
    size_t rows = view_of(ui->view)->rows(ui) + 2;
    if (!grid_resize(&tall, ui->grid.columns, rows < PAGE_LINES_MAX ? (int)rows : PAGE_LINES_MAX)) {
        return false;
    }
    grid_clear(&tall);
    view_of(ui->view)->draw(ui, grid_area(&tall));
    int used = tall.rows;
    while (used > 0 && grid_row_is_blank(&tall, used - 1)) {
        used--;
    }
    grid_print(&tall, used, stream);
    grid_free(&tall);
    return true;
}

static bool form_write(struct ui *ui, enum save_form form, FILE *stream)
{
    struct text_style style = ui_text_style(ui);
    switch (form) {
    case SAVE_PACKETS:
    case SAVE_SHOWN:
        return save_packets(ui, form == SAVE_SHOWN, stream);
    case SAVE_VIEW:
        return view_write(ui, stream);
    case SAVE_TEXT:
        style.verbose = true;
        return report_text(ui->model->report, &style, stream);
    case SAVE_JSON:
        return report_json(ui->model->report, stream);
    }
    return false;
}

void save_write(struct ui *ui, enum save_form form, const char *path)
{
    struct output output;
    if (strcmp(path, "-") == 0 || path_is_input(ui, path)) {
        ui_say(ui, STYLE_ERROR, "%.200s: is not a name to save under", path);
        return;
    }
    if (path_is_no_file(path)) {
        ui_say(ui, STYLE_ERROR, "%.200s: is there already, and is no file", path);
        return;
    }
    if (!output_open(&output, path)) {
        ui_say(ui, STYLE_ERROR, "%.200s: cannot be written", path);
        return;
    }
    bool done = form_write(ui, form, output.stream);
    if (!output_close(&output, done) || !done) {
        ui_say(ui, STYLE_ERROR, "%.200s: could not be written", path);
    } else {
        ui_say(ui, STYLE_GOOD, "saved as %.200s", path);
    }
}
