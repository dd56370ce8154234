/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loading a sample. Frames come from the project's own reader; where blocks end is found here by
 * walking over their lengths alone, so that the reader is not asked about itself.
 */
#include "tests/integration/sweep_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissector/dissector.h"

#define PCAP_HEADER_LEN  24
#define PCAP_RECORD_LEN  16
#define PCAPNG_BLOCK_MIN 12

/* The block types of pcapng that hold a packet. */
enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_PACKET_OBSOLETE = 2,
    BLOCK_PACKET_SIMPLE = 3,
    BLOCK_PACKET_ENHANCED = 6,
};

static void *grown(void *array, size_t count, size_t size)
{
    /* Doubling at powers of two needs no capacity. */
    if ((count & (count - 1)) != 0) {
        return array;
    }
    void *more = realloc(array, (count == 0 ? 1 : count * 2) * size);
    if (more == NULL) {
        perror("sweep");
        abort();
    }
    return more;
}

/* ---- The file ------------------------------------------------------------------------------- */

static bool file_read(struct sweep_sample *sample)
{
    FILE *file = fopen(sample->path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        return false;
    }
    sample->size = (size_t)ftell(file);
    rewind(file);
    sample->octets = malloc(sample->size);
    bool whole =
        sample->octets != NULL && fread(sample->octets, 1, sample->size, file) == sample->size;
    fclose(file);
    return whole;
}

/* ---- Where blocks end ----------------------------------------------------------------------- */

static uint32_t number_at(const struct sweep_sample *sample, size_t offset, bool big_endian)
{
    const uint8_t *at = sample->octets + offset;
    if (big_endian) {
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static void end_add(struct sweep_sample *sample, size_t end, uint64_t packets)
{
    sample->ends = grown(sample->ends, sample->end_count, sizeof *sample->ends);
    sample->packets = grown(sample->packets, sample->end_count, sizeof *sample->packets);
    sample->ends[sample->end_count] = end;
    sample->packets[sample->end_count] = packets;
    sample->end_count++;
}

static void pcap_walk(struct sweep_sample *sample)
{
    bool big_endian = sample->octets[0] == 0xa1;
    uint64_t packets = 0;
    size_t at = PCAP_HEADER_LEN;
    end_add(sample, at, 0);
    while (sample->size - at >= PCAP_RECORD_LEN) {
        size_t length = PCAP_RECORD_LEN + number_at(sample, at + 8, big_endian);
        if (length > sample->size - at) {
            return;
        }
        at += length;
        end_add(sample, at, ++packets);
    }
}

static void pcapng_walk(struct sweep_sample *sample)
{
    bool big_endian = false;
    uint64_t packets = 0;
    size_t at = 0;
    while (sample->size - at >= PCAPNG_BLOCK_MIN) {
        uint32_t type = number_at(sample, at, big_endian);
        if (type == BLOCK_SECTION) {
            big_endian = sample->octets[at + 8] == 0x1a;
        }
        size_t length = number_at(sample, at + 4, big_endian);
        if (length < PCAPNG_BLOCK_MIN || length > sample->size - at) {
            return;
        }
        packets += type == BLOCK_PACKET_OBSOLETE || type == BLOCK_PACKET_SIMPLE ||
                   type == BLOCK_PACKET_ENHANCED;
        at += length;
        end_add(sample, at, packets);
    }
}

uint64_t sweep_sample_packets_before(const struct sweep_sample *sample, size_t size)
{
    uint64_t packets = 0;
    for (size_t i = 0; i < sample->end_count && sample->ends[i] <= size; i++) {
        packets = sample->packets[i];
    }
    return packets;
}

/* ---- Frames --------------------------------------------------------------------------------- */

struct frame sweep_frame_cut(const struct frame *frame, size_t captured)
{
    struct frame cut = *frame;
    cut.captured = captured < frame->captured ? captured : frame->captured;
    uint8_t *octets = malloc(cut.captured > 0 ? cut.captured : 1);
    if (octets == NULL) {
        perror("sweep");
        abort();
    }
    memcpy(octets, frame->octets, cut.captured);
    cut.octets = octets;
    return cut;
}

/* How many octets stand before the payload of a frame, or all of them where it holds no TCP. */
static size_t frame_header_len(const struct frame *frame)
{
    struct mpta_segment segment;
    if (mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                           &segment) != MPTA_FRAME_TCP) {
        return frame->captured;
    }
    return (size_t)(segment.payload - frame->octets);
}

static void frame_add(struct sweep_sample *sample, const struct frame *frame)
{
    sample->frames = grown(sample->frames, sample->frame_count, sizeof *sample->frames);
    sample->frames[sample->frame_count++] = sweep_frame_cut(frame, frame->captured);
    size_t header_len = frame_header_len(frame);
    if (header_len > sample->header_max) {
        sample->header_max = header_len;
    }
}

static bool frames_read(struct sweep_sample *sample)
{
    char *error = NULL;
    bool usage;
    struct frame frame;
    enum source_status status = SOURCE_ERROR;
    struct source *source = source_open(&sample->path, 1, NULL, &error, &usage);
    while (source != NULL && (status = source_next(source, &frame)) == SOURCE_FRAME) {
        frame_add(sample, &frame);
    }
    if (status != SOURCE_END) {
        printf("FAILED: %s\n", error != NULL ? error : source_error(source));
    }
    free(error);
    source_close(source);
    return status == SOURCE_END;
}

/* ---- All of it ------------------------------------------------------------------------------ */

bool sweep_sample_load(struct sweep_sample *sample, const char *path)
{
    *sample = (struct sweep_sample){.path = path};
    if (!file_read(sample) || sample->size < PCAP_HEADER_LEN) {
        printf("FAILED: %s: cannot be read\n", path);
        return false;
    }
    if (sample->octets[0] == (BLOCK_SECTION & 0xff)) {
        pcapng_walk(sample);
    } else {
        pcap_walk(sample);
    }
    return frames_read(sample);
}

void sweep_sample_free(struct sweep_sample *sample)
{
    for (size_t i = 0; i < sample->frame_count; i++) {
        free((void *)(uintptr_t)sample->frames[i].octets);
    }
    free(sample->frames);
    free(sample->ends);
    free(sample->packets);
    free(sample->octets);
}
