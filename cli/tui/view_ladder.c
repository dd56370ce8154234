/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 4: the packets of a connection as arrows between addresses, the client's on the left, the
 * server's on the right, time going down.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/tui/glyph.h"
#include "cli/tui/rung_words.h"
#include "cli/tui/ui.h"
#include "cli/tui/words.h"

#define LANES_MAX      12 /* further addresses share the last one of their host */
#define SUBFLOWS_ASKED 256
#define TIME_COLUMNS   11
#define TIME_BRIEF     8
#define WIDE           64
#define SPACING_MAX    17
#define ARROW_LEAST    18
#define ROWS_FOR_HOSTS 12

/* The lanes of one host. */
struct lanes {
    struct mpta_address addresses[LANES_MAX];
    int count;
    int left[LANES_MAX];
};

struct stage {
    struct ui *ui;
    struct lanes lanes[2];
    int time_columns;
    int spacing;
};

/* ---- Lanes ---------------------------------------------------------------------------------- */

static int lane_of(const struct lanes *lanes, const struct mpta_address *address)
{
    for (int i = 0; i < lanes->count; i++) {
        if (mpta_address_equal(&lanes->addresses[i], address)) {
            return i;
        }
    }
    return -1;
}

static void lanes_gather(struct stage *stage)
{
    struct mpta_subflow subflow;
    for (size_t i = 0;
         i < SUBFLOWS_ASKED &&
         mpta_tracker_subflow(model_tracker(stage->ui->model), stage->ui->connection, i, &subflow);
         i++) {
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            struct lanes *lanes = &stage->lanes[side];
            if (lanes->count < LANES_MAX && lane_of(lanes, &subflow.ends[side].address) < 0) {
                lanes->addresses[lanes->count++] = subflow.ends[side].address;
            }
        }
    }
}

/* Lanes of one host stand close together, so that the arrows between hosts are long. */
static void lanes_place(struct stage *stage, int columns)
{
    struct lanes *client = &stage->lanes[MPTA_CLIENT];
    struct lanes *server = &stage->lanes[MPTA_SERVER];
    int gaps = client->count + server->count - 2;
    stage->time_columns = columns >= WIDE ? TIME_COLUMNS : TIME_BRIEF;
    int left = stage->time_columns + 1;
    int spacing = gaps > 0 ? (columns - left - 2 - ARROW_LEAST) / gaps : SPACING_MAX;
    spacing = spacing > SPACING_MAX ? SPACING_MAX : spacing;
    stage->spacing = spacing < 2 ? 2 : spacing;
    for (int i = 0; i < client->count; i++) {
        client->left[i] = left + i * stage->spacing;
    }
    for (int i = 0; i < server->count; i++) {
        server->left[i] = columns - 2 - (server->count - 1 - i) * stage->spacing;
    }
}

/* Where an end of a subflow stands. */
static int lane_column(const struct stage *stage, const struct mpta_subflow *subflow,
                       enum mpta_side side)
{
    const struct lanes *lanes = &stage->lanes[side];
    int lane = lane_of(lanes, &subflow->ends[side].address);
    return lanes->left[lane >= 0 ? lane : lanes->count - 1];
}

/* ---- The head ------------------------------------------------------------------------------- */

/* An address over its lane, cut in its middle where the next one is near. */
static void draw_address(const struct stage *stage, struct area row, enum mpta_side side, int lane)
{
    const struct lanes *lanes = &stage->lanes[side];
    char text[MPTA_ADDRESS_TEXT_MAX];
    int length = (int)mpta_address_format(&lanes->addresses[lane], text, sizeof text);
    bool alone = side == MPTA_CLIENT ? lane == lanes->count - 1 : lane == 0;
    const struct lanes *client = &stage->lanes[MPTA_CLIENT];
    int between = stage->lanes[MPTA_SERVER].left[0] - client->left[client->count - 1];
    int room = alone ? between / 2 : stage->spacing - 1;
    int width = length < room ? length : room;
    int left = side == MPTA_CLIENT ? lanes->left[lane] : lanes->left[lane] - width + 1;
    if (length > width && width > 4) {
        area_print(row, left, 0, STYLE_HEAD, "%.*s\u2026%s", width / 2 - 1, text,
                   text + length - (width - width / 2));
    } else if (length == width || width > 2) {
        area_field(row, left, 0, width, STYLE_HEAD, text);
    } /* else it would say nothing */
}

static int draw_head(const struct stage *stage, struct area area)
{
    bool hosts = area.rows >= ROWS_FOR_HOSTS;
    struct area row = area_rows(area, hosts, 1);
    area_fill(area, 0, STYLE_HEAD);
    if (hosts) {
        area_fill(area, 1, STYLE_HEAD);
        area_text(area, stage->lanes[MPTA_CLIENT].left[0], 0, STYLE_HEAD, "client");
        area_field_right(area, 0, 0, area.columns - 1, STYLE_HEAD, "server");
    }
    area_field_right(row, 0, 0, stage->time_columns - 1, STYLE_HEAD, "seconds");
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        for (int lane = 0; lane < stage->lanes[side].count; lane++) {
            draw_address(stage, row, (enum mpta_side)side, lane);
        }
    }
    return hosts ? 2 : 1;
}

/* A row below the head, where the first packets are not there. */
static int draw_forgotten(const struct stage *stage, struct area row)
{
    struct text_line line;
    text_line_start(&line);
    if (!words_forgotten(stage->ui->model, stage->ui->connection, &line)) {
        return 0;
    }
    area_field(row, 1, 0, row.columns - 1, STYLE_WARNING, line.text);
    return 1;
}

/* ---- Arrows --------------------------------------------------------------------------------- */

static void draw_lanes(const struct stage *stage, struct area row)
{
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        for (int lane = 0; lane < stage->lanes[side].count; lane++) {
            area_put(row, stage->lanes[side].left[lane], 0, STYLE_FAINT, 0x2502);
        }
    }
}

static void draw_time(const struct stage *stage, struct area row, const struct packet *packet)
{
    struct text_line line;
    text_line_start(&line);
    words_since(stage->ui->model->first_ns, packet->place.time_ns, &line);
    if (stage->time_columns == TIME_BRIEF && line.length > 3) {
        line.text[line.length - 3] = '\0';
    }
    area_field_right(row, 0, 0, stage->time_columns - 1, STYLE_FAINT, line.text);
}

static unsigned rung_style(const struct rung *rung)
{
    switch (rung->kind) {
    case RUNG_EVENT:
        return STYLE_STRONG;
    case RUNG_AGAIN:
        return STYLE_WARNING;
    case RUNG_DATA:
    case RUNG_ACK:
        break;
    }
    return STYLE_NORMAL;
}

/* The words of a rung in the middle of its arrow. */
static void draw_words(const struct stage *stage, struct area row, const struct rung *rung,
                       int from, int to)
{
    struct text_line words;
    rung_words(rung, stage->ui->model->packets, &words);
    int room = to - from - 5;
    int width = text_columns(words.text);
    width = width < room ? width : room;
    if (width > 0) {
        int left = from + 2 + (room - width) / 2;
        area_put(row, left, 0, STYLE_NORMAL, ' ');
        area_put(row, left + width + 1, 0, STYLE_NORMAL, ' ');
        area_field(row, left + 1, 0, width, rung_style(rung), words.text);
    }
}

static void draw_arrow(const struct stage *stage, struct area row, const struct rung *rung)
{
    struct mpta_subflow subflow;
    if (!mpta_tracker_subflow(model_tracker(stage->ui->model), stage->ui->connection, rung->subflow,
                              &subflow)) {
        return;
    }
    unsigned style = style_of_subflow(rung->subflow);
    int from = lane_column(stage, &subflow, MPTA_CLIENT);
    int to = lane_column(stage, &subflow, MPTA_SERVER);
    bool right = rung->by == MPTA_CLIENT;
    for (int column = from + 1; column < to; column++) {
        area_put(row, column, 0, style, 0x2500);
    }
    area_put(row, right ? from : to, 0, style, glyph_subflow(rung->subflow));
    area_put(row, right ? to - 1 : from + 1, 0, style, right ? 0x25b6 : 0x25c0);
    draw_words(stage, row, rung, from, to);
}

static void draw_rung(const struct stage *stage, struct area row, const struct rung *rung)
{
    const struct packet *packet = packet_store_get(stage->ui->model->packets, rung->first);
    if (packet == NULL) {
        packet = packet_store_get(stage->ui->model->packets, rung->last);
    }
    draw_lanes(stage, row);
    if (packet != NULL) {
        draw_time(stage, row, packet);
        draw_arrow(stage, row, rung);
    }
}

/* ---- The view ------------------------------------------------------------------------------- */

static void ladder_read(struct ui *ui)
{
    struct ladder_state *state = &ui->states.ladder;
    const struct ladder_shape shape = {ui->connection, state->single, state->events};
    bool other = state->ladder.shape.connection != ui->connection;
    ladder_update(&state->ladder, ui->model->packets, &shape);
    if (other) {
        state->list = (struct list){.follow = state->list.follow};
    }
}

static void draw_rungs(const struct stage *stage, struct area body)
{
    struct ladder_state *state = &stage->ui->states.ladder;
    size_t index;
    for (int line = 0; list_hit(&state->list, line, &index); line++) {
        draw_rung(stage, area_rows(body, line, 1), ladder_rung(&state->ladder, index));
        if (index == state->list.cursor) {
            area_overlay(body, line, STYLE_SELECTED);
        }
    }
}

static void ladder_draw(struct ui *ui, struct area area)
{
    struct ladder_state *state = &ui->states.ladder;
    struct stage stage = {.ui = ui};
    ladder_read(ui);
    lanes_gather(&stage);
    if (stage.lanes[MPTA_CLIENT].count == 0) {
        area_text(area, 1, 0, STYLE_FAINT, "No MPTCP connection");
        return;
    }
    lanes_place(&stage, area.columns);
    state->head_rows = area.rows > 2 ? draw_head(&stage, area) : 0;
    if (area.rows > state->head_rows + 1) {
        state->head_rows += draw_forgotten(&stage, area_rows(area, state->head_rows, 1));
    }
    struct area body = area_rows(area, state->head_rows, area.rows);
    list_fit(&state->list, ladder_count(&state->ladder), (size_t)body.rows);
    draw_rungs(&stage, body);
    if (state->list.count == 0) {
        area_text(body, stage.time_columns + 2, 0, STYLE_NORMAL,
                  state->events ? " No events; e shows all packets " : " No packets are kept ");
    }
    list_place(&state->list, state->events ? "events" : state->single ? "all" : "", ui->status);
}

/* View 7 shows the packet on which the user stands here. */
static bool take_current(struct ui *ui)
{
    const struct ladder_state *state = &ui->states.ladder;
    if (state->list.cursor >= ladder_count(&state->ladder)) {
        return false;
    }
    const struct rung *rung = ladder_rung(&state->ladder, state->list.cursor);
    bool begins = packet_store_get(ui->model->packets, rung->first) != NULL;
    ui->packet = begins ? rung->first : rung->last;
    return true;
}

static void go_into(struct ui *ui)
{
    if (take_current(ui)) {
        ui_go(ui, VIEW_PACKET);
    }
}

/* Puts rungs together in another way; the cursor stays with its packet. */
static void reshape(struct ui *ui, bool *wish)
{
    struct ladder_state *state = &ui->states.ladder;
    uint64_t serial = state->list.cursor < ladder_count(&state->ladder)
                          ? ladder_rung(&state->ladder, state->list.cursor)->first
                          : 0;
    *wish = !*wish;
    ladder_read(ui);
    list_fit(&state->list, ladder_count(&state->ladder), state->list.height);
    list_go(&state->list, ladder_find(&state->ladder, serial));
}

void ladder_show(struct ui *ui, uint64_t serial)
{
    struct ladder_state *state = &ui->states.ladder;
    state->events = false;
    ladder_read(ui);
    list_fit(&state->list, ladder_count(&state->ladder), state->list.height);
    list_go(&state->list, ladder_find(&state->ladder, serial));
    ui_go(ui, VIEW_LADDER);
}

static bool ladder_command(struct ui *ui, enum command command)
{
    struct ladder_state *state = &ui->states.ladder;
    switch ((int)command) {
    case COMMAND_ENTER:
        go_into(ui);
        return true;
    case COMMAND_TREE:
        reshape(ui, &state->single);
        return true;
    case COMMAND_EVENTS:
        reshape(ui, &state->events);
        return true;
    default:
        break;
    }
    bool moved = list_command(&state->list, command);
    if (moved) {
        take_current(ui);
    }
    return moved;
}

static void ladder_click(struct ui *ui, int column, int row)
{
    struct ladder_state *state = &ui->states.ladder;
    size_t index;
    (void)column;
    if (!list_hit(&state->list, row - state->head_rows, &index)) {
        return;
    }
    bool again = index == state->list.cursor;
    list_go(&state->list, index);
    take_current(ui);
    if (again) {
        go_into(ui);
    }
}

static bool ladder_search(struct ui *ui, const char *text, int step, bool from_here)
{
    struct ladder_state *state = &ui->states.ladder;
    size_t count = ladder_count(&state->ladder);
    for (size_t i = from_here ? 0 : 1; i < count + !from_here; i++) {
        size_t at = (state->list.cursor + (step > 0 ? i : count - i)) % count;
        struct text_line words;
        rung_words(ladder_rung(&state->ladder, at), ui->model->packets, &words);
        if (strcasestr(words.text, text) != NULL) {
            list_go(&state->list, at);
            return take_current(ui);
        }
    }
    return false;
}

static size_t ladder_rows(const struct ui *ui)
{
    return ladder_count(&ui->states.ladder.ladder) + 3;
}

const struct view view_ladder = {
    .draw = ladder_draw,
    .command = ladder_command,
    .click = ladder_click,
    .search = ladder_search,
    .rows = ladder_rows,
    .of_connection = true,
};
