/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A script of interfaces and packets is written as pcapng and read again: what was written comes
 * back, packet for packet, and the file is whole.
 */
#include "cli/capture_writer.h"
#include "tests/fuzz/fuzz_source.h"
#include "tests/fuzz/script.h"

#include <stdlib.h>
#include <string.h>

#define INTERFACES_MAX 8

/* What was written. */
struct written {
    struct capture_writer writer;
    uint16_t link_types[INTERFACES_MAX];
    uint32_t interfaces;
    size_t count;
    struct fuzz_frame frames[FUZZ_FRAMES_MAX];
};

static void interface_write(struct script *script, struct written *written)
{
    char name[16] = {0};
    size_t name_len = script_number(script, 1) % sizeof name;
    if (written->interfaces == INTERFACES_MAX) {
        return;
    }
    uint16_t link_type = (uint16_t)script_number(script, 2);
    for (size_t i = 0; i < name_len; i++) {
        name[i] = (char)script_number(script, 1);
    }
    written->link_types[written->interfaces++] = link_type;
    require(capture_writer_interface(&written->writer, link_type, name_len > 0 ? name : NULL, 0));
}

/* Times in the order in which the reader gives packets out, so that numbers say which is which. */
static void packet_write(struct script *script, struct written *written, int64_t *now_ns)
{
    size_t captured = script_number(script, 1);
    if (written->interfaces == 0 || written->count == FUZZ_FRAMES_MAX || captured > script->left) {
        return;
    }
    *now_ns += (int64_t)script_number(script, 3);
    struct capture_writer_packet packet = {
        .interface = (uint32_t)script_number(script, 1) % written->interfaces,
        .time_ns = *now_ns,
        .comment = captured % 3 == 0 ? "a comment" : NULL,
    };
    packet.captured = (uint32_t)(captured <= script->left ? captured : script->left);
    packet.wire_len = packet.captured + (uint32_t)script_number(script, 1);
    packet.captured = (uint32_t)(packet.captured <= script->left ? packet.captured : script->left);
    packet.octets = script->at;
    script->at += packet.captured;
    script->left -= packet.captured;
    written->frames[written->count++] = (struct fuzz_frame){
        .time_ns = packet.time_ns,
        .digest = fuzz_digest(packet.octets, packet.captured),
        .captured = packet.captured,
        .wire_len = packet.wire_len,
        .interface = packet.interface,
        .link_type = written->link_types[packet.interface],
    };
    require(capture_writer_packet(&written->writer, &packet));
}

static void script_write(struct script *script, struct written *written)
{
    int64_t now_ns = 0;
    const struct capture_writer_statistics statistics = {1, 2, 3};
    require(capture_writer_interface(&written->writer, 101, NULL, 0));
    written->link_types[written->interfaces++] = 101;
    while (script->left > 0) {
        switch (script_number(script, 1) % 8) {
        case 0:
            interface_write(script, written);
            break;
        case 1:
            require(capture_writer_statistics(&written->writer, 0, now_ns, &statistics));
            break;
        default:
            packet_write(script, written, &now_ns);
            break;
        }
    }
    require(capture_writer_flush(&written->writer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct written written;
    static struct fuzz_reading reading;
    struct script script = {data, size};
    char *octets = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&octets, &length);
    require(file != NULL);
    memset(&written, 0, sizeof written);
    require(capture_writer_begin(&written.writer, file, "fuzz"));
    script_write(&script, &written);
    require(fclose(file) == 0);
    fuzz_read((const uint8_t *)octets, length, &reading);
    require(reading.opened && !reading.damaged && reading.count == written.count);
    for (size_t i = 0; i < written.count; i++) {
        const struct fuzz_frame *in = &written.frames[i], *out = &reading.frames[i];
        require(in->time_ns == out->time_ns && in->digest == out->digest);
        require(in->captured == out->captured && in->wire_len == out->wire_len);
        require(in->interface == out->interface && in->link_type == out->link_type);
    }
    free(octets);
    return 0;
}
