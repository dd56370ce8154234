/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where forged packets go: into a capture file, or straight to a tracker.
 */
#include <errno.h>

#include "cli/capture_writer.h"
#include "tests/forge/forge.h"

/* The first interface, and the others as far as they are used. */
static uint32_t interfaces_used(const struct forge *forge)
{
    uint32_t highest = 0;
    for (size_t i = 0; i < forge->count; i++) {
        if (forge->packets[i].interface > highest) {
            highest = forge->packets[i].interface;
        }
    }
    return highest + 1;
}

static void packet_write(const struct forge_packet *packet, struct capture_writer *writer)
{
    const struct capture_writer_packet written = {
        .interface = packet->interface,
        .time_ns = packet->time_ns,
        .captured = (uint32_t)packet->captured,
        .wire_len = (uint32_t)packet->wire_len,
        .octets = packet->octets,
    };
    capture_writer_packet(writer, &written);
}

bool forge_write(const struct forge *forge, FILE *file)
{
    struct capture_writer writer;
    capture_writer_begin(&writer, file, "mpta-forge");
    uint32_t interfaces = interfaces_used(forge);
    for (uint32_t i = 0; i < interfaces; i++) {
        const struct forge_interface *interface = &forge->interfaces[i];
        capture_writer_interface(&writer, (uint16_t)forge_wrap_link_type(interface->wrap),
                                 interface->name, (uint32_t)forge->snap_len);
    }
    for (size_t i = 0; i < forge->count; i++) {
        packet_write(&forge->packets[i], &writer);
    }
    bool written = capture_writer_flush(&writer);
    errno = writer.error;
    return written;
}

enum mpta_status forge_packet_feed(struct mpta_tracker *tracker, const struct forge_packet *packet,
                                   uint64_t number, int64_t time_ns)
{
    struct mpta_segment segment;
    if (mpta_frame_dissect(packet->link_type, packet->octets, packet->captured, packet->wire_len,
                           &segment) != MPTA_FRAME_TCP) {
        return MPTA_OK;
    }
    const struct mpta_packet fed_packet = {
        .place = mpta_place_of(number, time_ns, 0),
        .interface = packet->interface,
        .segment = &segment,
    };
    struct mpta_fed fed;
    return mpta_tracker_feed(tracker, &fed_packet, &fed);
}

enum mpta_status forge_feed(const struct forge *forge, struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < forge->count; i++) {
        const struct forge_packet *packet = &forge->packets[i];
        enum mpta_status status = forge_packet_feed(tracker, packet, i + 1, packet->time_ns);
        if (status != MPTA_OK) {
            return status;
        }
    }
    return mpta_tracker_finish(tracker);
}
