/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The views: each a row of functions and a state of its own. To add one: an id in keys.h, a state
 * and a row here, and a file.
 */
#ifndef CLI_TUI_VIEWS_H
#define CLI_TUI_VIEWS_H

#include "cli/tui/ladder.h"
#include "cli/tui/page.h"
#include "cli/tui/raster.h"
#include "cli/tui/roster.h"
#include "cli/tui/timeline.h"

struct ui;

struct view {
    /* Draws it into the area between the lines at the top and at the bottom. */
    void (*draw)(struct ui *ui, struct area area);

    /* Obeys a command; false for one that is not its own. */
    bool (*command)(struct ui *ui, enum command command);

    /* A click on a cell of that area. */
    void (*click)(struct ui *ui, int column, int row);

    /* Goes to the next place, in steps of 1 or -1, that has a text; from_here: or stays.
     * NULL: there is no text. */
    bool (*search)(struct ui *ui, const char *text, int step, bool from_here);

    /* How many rows it would take to show all of it, for saving. */
    size_t (*rows)(const struct ui *ui);

    /* It shows ui->connection. */
    bool of_connection;
};

const struct view *view_of(enum view_id id);

struct connections_state {
    struct roster roster;
    struct list list;
    struct page pane;   /* below the list */
    int endpoint_width; /* the widest that was on the screen */
    struct {
        int left;
        int width;
        int order; /* enum roster_order */
    } heads[16];   /* where the columns stand, for the mouse */
    size_t head_count;
};

struct findings_state {
    uint64_t generation; /* of the model, of which the page was made */
    int columns;         /* of the screen then; 0: it is to be made anew */
    bool details;
    bool events; /* they are shown instead */
    struct list event_list;
    uint64_t *matches; /* serial numbers of events that pass the filter */
    size_t match_count;
    size_t match_capacity;
    uint64_t matched; /* events up to this one have been looked at */
    char filter[FILTER_MAX];
};

struct ladder_state {
    struct ladder ladder;
    struct list list;
    bool single; /* a row for each packet */
    bool events; /* only packets that mean more than data */
    int head_rows;
};

struct paths_state {
    size_t top;   /* line of the graphs that is the first on the screen */
    size_t lines; /* of all graphs */
    int left;     /* where they begin and how wide they are, for the mouse */
    int columns;
};

struct data_state {
    struct raster raster;
    int left;
    int columns;
};

struct view_states {
    struct page pages[VIEW_COUNT]; /* of the views that are one */
    struct timeline timeline;      /* of views 3 and 5 */
    enum mpta_side direction;      /* the same */
    struct paths_state paths;
    struct data_state data;
    struct connections_state connections;
    struct findings_state findings;
    struct ladder_state ladder;
};

/* ---- view_page.c: what a view does that is a page ----------------------------------------------
 */

bool page_view_command(struct ui *ui, enum command command);
void page_view_click(struct ui *ui, int column, int row);
bool page_view_search(struct ui *ui, const char *text, int step, bool from_here);
size_t page_view_rows(const struct ui *ui);

/* Goes to view 4, with the cursor on a packet. */
void ladder_show(struct ui *ui, uint64_t serial);

void view_states_free(struct view_states *states);

extern const struct view view_connections;
extern const struct view view_connection;
extern const struct view view_paths;
extern const struct view view_ladder;
extern const struct view view_data;
extern const struct view view_findings;
extern const struct view view_packet;
extern const struct view view_statistics;
extern const struct view view_help;

#endif
