/* SPDX-License-Identifier: BSD-3-Clause */
/* From times to columns and back. The cursor is in the middle as far as the ends allow. */
#include "cli/tui/timeline.h"

#include "cli/units.h"

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* A time so much later, or the last one there is. */
static int64_t later(int64_t time_ns, int64_t duration_ns)
{
    return time_ns > INT64_MAX - duration_ns ? INT64_MAX : time_ns + duration_ns;
}

static void timeline_settle(struct timeline *timeline)
{
    int64_t span = timeline->whole_ns >> timeline->zoom;
    timeline->span_ns = span > 0 ? span : 1;
    timeline->cursor_ns =
        timeline->follow ? timeline->whole_ns : clamp(timeline->cursor_ns, 0, timeline->whole_ns);
    int64_t begin = clamp(timeline->cursor_ns - timeline->span_ns / 2, 0,
                          timeline->whole_ns - timeline->span_ns);
    timeline->begin_ns = later(timeline->whole_begin_ns, begin > 0 ? begin : 0);
}

/* The next duration of four binary digits and zeros. */
static int64_t round_up(int64_t duration_ns)
{
    int64_t unit = 1;
    while (duration_ns / unit >= 16) {
        unit *= 2;
    }
    return (duration_ns + unit - 1) / unit * unit;
}

void timeline_fit(struct timeline *timeline, int64_t begin_ns, int64_t end_ns, int columns,
                  bool growing)
{
    int64_t whole = end_ns > begin_ns ? units_between(begin_ns, end_ns) : 1;
    /* One more, so that the last moment is shown, too. */
    timeline->whole_begin_ns = begin_ns;
    timeline->whole_ns = whole < INT64_MAX / 2 ? whole + 1 : INT64_MAX / 2;
    timeline->whole_ns = growing ? round_up(timeline->whole_ns) : timeline->whole_ns;
    timeline->columns = columns > 0 ? columns : 1;
    timeline_settle(timeline);
}

static void timeline_move(struct timeline *timeline, int64_t columns)
{
    int64_t column_ns = timeline->columns > 0 ? timeline->span_ns / timeline->columns : 0;
    timeline->follow = false;
    timeline->cursor_ns += columns * (column_ns > 0 ? column_ns : 1);
    timeline_settle(timeline);
}

static void timeline_zoom(struct timeline *timeline, int step)
{
    timeline->zoom = (int)clamp(timeline->zoom + step, 0, TIMELINE_ZOOM_MAX);
    timeline_settle(timeline);
}

bool timeline_command(struct timeline *timeline, enum command command)
{
    switch ((int)command) {
    case COMMAND_LEFT:
        timeline_move(timeline, -1);
        return true;
    case COMMAND_RIGHT:
        timeline_move(timeline, 1);
        return true;
    case COMMAND_HOME:
    case COMMAND_END:
        timeline->follow = false;
        timeline->cursor_ns = command == COMMAND_HOME ? 0 : timeline->whole_ns;
        timeline_settle(timeline);
        return true;
    case COMMAND_ZOOM_IN:
        timeline_zoom(timeline, 1);
        return true;
    case COMMAND_ZOOM_OUT:
        timeline_zoom(timeline, -1);
        return true;
    case COMMAND_FOLLOW:
        timeline->follow = !timeline->follow;
        timeline_settle(timeline);
        return true;
    default:
        return false;
    }
}

int timeline_column(const struct timeline *timeline, int64_t time_ns)
{
    if (time_ns < timeline->begin_ns) {
        return -1;
    }
    double since = (double)units_between(timeline->begin_ns, time_ns);
    double column = since * timeline->columns / (double)timeline->span_ns;
    return column >= timeline->columns ? timeline->columns : (int)column;
}

int64_t timeline_time(const struct timeline *timeline, int column)
{
    double since = (double)timeline->span_ns * column / timeline->columns;
    return later(timeline->begin_ns, (int64_t)since);
}

void timeline_go(struct timeline *timeline, int column)
{
    if (timeline->columns == 0) {
        return;
    }
    timeline->follow = false;
    timeline->cursor_ns = units_between(timeline->whole_begin_ns, timeline_time(timeline, column)) +
                          timeline->span_ns / timeline->columns / 2;
    timeline_settle(timeline);
}

int timeline_cursor_column(const struct timeline *timeline)
{
    int column = timeline_column(timeline, timeline_cursor_time(timeline));
    return (int)clamp(column, 0, timeline->columns - 1);
}

int64_t timeline_cursor_time(const struct timeline *timeline)
{
    return later(timeline->whole_begin_ns, timeline->cursor_ns);
}
