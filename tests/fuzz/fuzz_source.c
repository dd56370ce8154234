/* SPDX-License-Identifier: BSD-3-Clause */
/* The octets become a file in memory, because the reader has no other door. */
#include "tests/fuzz/fuzz_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

uint64_t fuzz_digest(const uint8_t *octets, size_t length)
{
    uint64_t digest = 14695981039346656037U;
    for (size_t i = 0; i < length; i++) {
        digest = (digest ^ octets[i]) * 1099511628211U;
    }
    return digest;
}

static void frame_check(const struct frame *frame, const struct capture *capture,
                        struct fuzz_reading *reading)
{
    require(frame->capture == 0 && frame->number > 0);
    require(frame->interface < capture->interface_count);
    require(frame->link_type == capture->interfaces[frame->interface].link_type);
    require(frame->captured <= frame->wire_len);
    reading->count++;
    if (frame->number <= FUZZ_FRAMES_MAX) {
        struct fuzz_frame *kept = &reading->frames[frame->number - 1];
        require(kept->link_type == UINT32_MAX); /* no number comes twice */
        *kept = (struct fuzz_frame){frame->time_ns,   fuzz_digest(frame->octets, frame->captured),
                                    frame->captured,  frame->wire_len,
                                    frame->interface, frame->link_type};
    }
}

static void capture_check(const struct capture *capture, const struct fuzz_reading *reading)
{
    uint64_t packets = 0;
    for (size_t i = 0; i < capture->interface_count; i++) {
        require(capture->interfaces[i].name != NULL);
        packets += capture->interfaces[i].packets;
    }
    require(packets == reading->count && capture->packets == reading->count);
    require(capture->filtered == 0 && capture->late <= capture->packets);
    require(capture->packets == 0 || capture->start_ns <= capture->end_ns);
    require(capture->file_offset <= capture->file_size);
}

static void path_read(const char *path, struct fuzz_reading *reading)
{
    char *error;
    bool usage;
    struct frame frame;
    enum source_status status;
    struct source *source = source_open(&path, 1, NULL, &error, &usage);
    reading->opened = source != NULL;
    if (!source) {
        require(error != NULL && !usage);
        free(error);
        return;
    }
    const struct capture *capture = source_capture(source, 0);
    while ((status = source_next(source, &frame)) == SOURCE_FRAME) {
        frame_check(&frame, capture, reading);
    }
    require(status == SOURCE_END);
    capture_check(capture, reading);
    reading->damaged = capture->damaged != NULL;
    reading->format = capture->format;
    source_close(source);
}

void fuzz_read(const uint8_t *octets, size_t length, struct fuzz_reading *reading)
{
    char path[64];
    int fd = memfd_create("capture", MFD_CLOEXEC);
    require(fd >= 0);
    require(write(fd, octets, length) == (ssize_t)length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    memset(reading, 0, sizeof *reading);
    for (size_t i = 0; i < FUZZ_FRAMES_MAX; i++) {
        reading->frames[i].link_type = UINT32_MAX;
    }
    path_read(path, reading);
    close(fd);
}
