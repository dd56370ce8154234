/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame belongs to a connection if it lies on one of its subflows, between that one's first
 * packet and its last. That is asked of the frames of the inputs, read once more: what the screen
 * keeps of packets is neither whole nor all of them.
 */
#include "cli/tui/save_packets.h"

#include <stdlib.h>
#include <string.h>

#include "cli/capture_writer.h"
#include "cli/message.h"
#include "cli/tui/ui.h"

/* A subflow as packets show it: both ends in the same order whoever sends. */
struct path {
    struct mpta_address low, high;
    uint16_t low_port, high_port;
    int64_t start_ns, end_ns; /* not among what paths are compared by */
};

struct path_list {
    struct path *items;
    size_t count;
    size_t capacity;
};

/* Interfaces of inputs, as the new capture numbers them. */
struct interface_map {
    struct {
        uint32_t capture;
        uint32_t interface;
        uint32_t link_type;
    } * items;
    size_t count;
    size_t capacity;
};

struct saving {
    const struct ui *ui;
    bool all_shown; /* not only those that are tagged, or the current one */
    struct path_list paths;
    struct interface_map interfaces;
    struct capture_writer writer;
};

/* ---- Paths ---------------------------------------------------------------------------------- */

static struct path path_of(const struct mpta_address *a, uint16_t a_port,
                           const struct mpta_address *b, uint16_t b_port)
{
    int order = memcmp(a, b, sizeof *a);
    struct path path;
    memset(&path, 0, sizeof path);
    bool swap = order > 0 || (order == 0 && a_port > b_port);
    path.low = swap ? *b : *a;
    path.high = swap ? *a : *b;
    path.low_port = swap ? b_port : a_port;
    path.high_port = swap ? a_port : b_port;
    return path;
}

static int compare_paths(const void *one, const void *other)
{
    const struct path *a = one;
    const struct path *b = other;
    int order = memcmp(&a->low, &b->low, sizeof a->low);
    order = order != 0 ? order : memcmp(&a->high, &b->high, sizeof a->high);
    order = order != 0 ? order : (a->low_port > b->low_port) - (a->low_port < b->low_port);
    return order != 0 ? order : (a->high_port > b->high_port) - (a->high_port < b->high_port);
}

static bool paths_add(struct path_list *list, const struct mpta_subflow *subflow)
{
    const struct mpta_subflow_end *ends = subflow->ends;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? 2 * list->capacity : 16;
        struct path *items = reallocarray(list->items, capacity, sizeof *items);
        if (items == NULL) {
            return false;
        }
        list->items = items;
        list->capacity = capacity;
    }
    struct path path = path_of(&ends[MPTA_CLIENT].address, ends[MPTA_CLIENT].port,
                               &ends[MPTA_SERVER].address, ends[MPTA_SERVER].port);
    path.start_ns = subflow->start_ns;
    path.end_ns = subflow->end_ns;
    list->items[list->count++] = path;
    return true;
}

static bool paths_add_connection(struct saving *saving, uint32_t connection)
{
    struct mpta_subflow subflow;
    bool done = true;
    for (size_t i = 0;
         done && mpta_tracker_subflow(model_tracker(saving->ui->model), connection, i, &subflow);
         i++) {
        done = paths_add(&saving->paths, &subflow);
    }
    return done;
}

static bool connection_is_wanted(const struct saving *saving, uint32_t connection)
{
    const struct ui *ui = saving->ui;
    const struct roster *roster = &ui->states.connections.roster;
    if (saving->all_shown) {
        return roster_is_shown(roster, connection);
    }
    return roster_tag_count(roster) > 0 ? roster_is_tagged(roster, connection)
                                        : connection == ui->connection;
}

static bool paths_gather(struct saving *saving)
{
    bool done = true;
    for (uint32_t id = 0; done && id < saving->ui->model->connection_count; id++) {
        if (connection_is_wanted(saving, id)) {
            done = paths_add_connection(saving, id);
        }
    }
    if (saving->paths.count > 1) {
        qsort(saving->paths.items, saving->paths.count, sizeof *saving->paths.items, compare_paths);
    }
    return done;
}

/* The first path that is not below another. */
static size_t paths_lower(const struct path_list *list, const struct path *path)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_paths(&list->items[middle], path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool paths_have(const struct path_list *list, const struct mpta_segment *segment,
                       int64_t time_ns)
{
    struct path path = path_of(&segment->src, segment->src_port, &segment->dst, segment->dst_port);
    for (size_t i = paths_lower(list, &path);
         i < list->count && compare_paths(&list->items[i], &path) == 0; i++) {
        if (time_ns >= list->items[i].start_ns && time_ns <= list->items[i].end_ns) {
            return true;
        }
    }
    return false;
}

/* ---- Writing -------------------------------------------------------------------------------- */

static const char *interface_name(const struct saving *saving, uint32_t capture, uint32_t interface)
{
    const struct capture *from = saving->ui->model->report->captures[capture].capture;
    return interface < from->interface_count ? from->interfaces[interface].name : "";
}

/* The number of an interface in the new capture, which is described there when it is first needed.
 */
static bool interface_find(struct saving *saving, uint32_t capture, uint32_t interface,
                           uint32_t link_type, uint32_t *number)
{
    struct interface_map *map = &saving->interfaces;
    for (size_t i = 0; i < map->count; i++) {
        if (map->items[i].capture == capture && map->items[i].interface == interface &&
            map->items[i].link_type == link_type) {
            *number = (uint32_t)i;
            return true;
        }
    }
    if (map->count == map->capacity) {
        size_t capacity = map->capacity > 0 ? 2 * map->capacity : 8;
        void *items = reallocarray(map->items, capacity, sizeof *map->items);
        if (items == NULL) {
            return false;
        }
        map->items = items;
        map->capacity = capacity;
    }
    *number = (uint32_t)map->count;
    map->items[map->count].capture = capture;
    map->items[map->count].interface = interface;
    map->items[map->count++].link_type = link_type;
    const char *name = interface_name(saving, capture, interface);
    return capture_writer_interface(&saving->writer, (uint16_t)link_type,
                                    name[0] != '\0' ? name : NULL, 0);
}

static bool frame_write(struct saving *saving, const struct frame *frame)
{
    struct capture_writer_packet packet = {
        .time_ns = frame->time_ns > 0 ? frame->time_ns : 0,
        .captured = (uint32_t)frame->captured,
        .wire_len = (uint32_t)frame->wire_len,
        .octets = frame->octets,
    };
    return interface_find(saving, frame->capture, frame->interface, frame->link_type,
                          &packet.interface) &&
           capture_writer_packet(&saving->writer, &packet);
}

/* ---- From the inputs ------------------------------------------------------------------------ */

static bool frame_is_wanted(const struct saving *saving, const struct frame *frame)
{
    struct mpta_segment segment;
    return mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                              &segment) == MPTA_FRAME_TCP &&
           paths_have(&saving->paths, &segment, frame->time_ns);
}

static bool save_from_inputs(struct saving *saving)
{
    const struct ui_settings *settings = &saving->ui->settings;
    char *error = NULL;
    bool usage;
    struct source *source =
        source_open(settings->inputs, settings->input_count, settings->filter, &error, &usage);
    struct frame frame;
    enum source_status status = SOURCE_ERROR;
    bool done =
        source != NULL && source_capture_count(source) == saving->ui->model->report->capture_count;
    if (!done) {
        message_print("%s", error != NULL    ? error
                            : source == NULL ? "not enough memory"
                                             : "not all inputs can be read again");
    }
    for (size_t i = 0; done && i < source_capture_count(source); i++) {
        const struct capture *capture = saving->ui->model->report->captures[i].capture;
        source_set_back(source, i, capture->clock_ahead_ns);
    }
    while (done && (status = source_next(source, &frame)) == SOURCE_FRAME) {
        done = !frame_is_wanted(saving, &frame) || frame_write(saving, &frame);
    }
    free(error);
    source_close(source);
    return done && status == SOURCE_END;
}

/* ---- From what is kept ---------------------------------------------------------------------- */

static bool save_from_store(struct saving *saving)
{
    const struct packet_store *store = saving->ui->model->packets;
    uint8_t octets[PACKET_OCTETS_MAX];
    bool done = true;
    const struct packet *packet;
    for (uint64_t serial = 0;
         done && (packet = packet_store_get(store, packet_store_from(store, serial))) != NULL;
         serial = packet->serial + 1) {
        if (!packet->fed.has_connection || !connection_is_wanted(saving, packet->fed.connection)) {
            continue;
        }
        const struct frame frame = {
            .time_ns = packet->place.time_ns,
            .capture = packet->place.capture,
            .interface = packet->interface,
            .link_type = packet->link_type,
            .captured = packet_store_octets(store, packet, octets),
            .wire_len = packet->wire_len,
            .octets = octets,
        };
        done = frame_write(saving, &frame);
    }
    return done;
}

static bool inputs_can_be_read_again(const struct ui_settings *settings)
{
    bool again = !settings->live && settings->input_count > 0;
    for (size_t i = 0; i < settings->input_count; i++) {
        again = again && strcmp(settings->inputs[i], "-") != 0;
    }
    return again;
}

bool save_packets(const struct ui *ui, bool all_shown, FILE *stream)
{
    struct saving saving = {.ui = ui, .all_shown = all_shown};
    bool done = capture_writer_begin(&saving.writer, stream, PROGRAM_NAME " " MPTA_VERSION) &&
                paths_gather(&saving) &&
                (inputs_can_be_read_again(&ui->settings) ? save_from_inputs(&saving)
                                                         : save_from_store(&saving)) &&
                capture_writer_flush(&saving.writer);
    free(saving.paths.items);
    free(saving.interfaces.items);
    return done;
}
