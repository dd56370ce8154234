/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any octets as a classic pcap. Whatever libpcap reads of it must be read here just so; there may
 * be more of it, because libpcap knows no frame larger than 256 KiB.
 */
#include "tests/fuzz/fuzz_source.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_HEADER = 24, NS_PER_US = 1000, NS_PER_S = 1000000000 };

/*
 * Whether the two can be compared: both leave Ethernet frames alone, while libpcap corrects the
 * octets and lengths of others, and knows no frame check sequences. link points at that field of
 * the file's header.
 */
static bool comparable(const uint8_t *link)
{
    return memcmp(link, "\0\0\0\1", 4) == 0 || memcmp(link, "\1\0\0\0", 4) == 0;
}

static bool nanoseconds(const uint8_t *magic)
{
    return memcmp(magic, "\xa1\xb2\x3c\x4d", 4) == 0 || memcmp(magic, "\x4d\x3c\xb2\xa1", 4) == 0;
}

/* libpcap cuts frames at the header's snap length, and holds the time in signed numbers. */
static void frame_compare(const struct fuzz_frame *frame, const struct pcap_pkthdr *header,
                          const uint8_t *octets, bool nano, size_t snap_len)
{
    int64_t fraction = (uint32_t)header->ts.tv_usec;
    int64_t time_ns =
        (int64_t)(uint32_t)header->ts.tv_sec * NS_PER_S + (nano ? fraction : fraction * NS_PER_US);
    bool cut = frame->captured > snap_len;
    require(frame->time_ns == time_ns);
    require(header->caplen == (cut ? snap_len : frame->captured));
    require(cut || frame->digest == fuzz_digest(octets, header->caplen));
    require(frame->wire_len == header->len ||
            (header->len < frame->captured && frame->wire_len == frame->captured));
}

static void pcap_compare(pcap_t *pcap, const struct fuzz_reading *reading, bool nano)
{
    struct pcap_pkthdr *header;
    const u_char *octets;
    size_t count = 0;
    while (count < FUZZ_FRAMES_MAX && pcap_next_ex(pcap, &header, &octets) == 1) {
        require(count < reading->count);
        frame_compare(&reading->frames[count], header, octets, nano, (size_t)pcap_snapshot(pcap));
        count++;
    }
}

static void libpcap_compare(const uint8_t *data, size_t size, const struct fuzz_reading *reading)
{
    char error[PCAP_ERRBUF_SIZE];
    bool nano = nanoseconds(data);
    uint8_t *copy = malloc(size); /* fmemopen might write, in other modes than this */
    if (!copy) {
        abort();
    }
    memcpy(copy, data, size);
    FILE *file = fmemopen(copy, size, "rb");
    require(file != NULL);
    pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(
        file, nano ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO, error);
    if (pcap) {
        pcap_compare(pcap, reading, nano);
        pcap_close(pcap);
    } else {
        fclose(file);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_reading reading;
    fuzz_read(data, size, &reading);
    if (reading.opened && reading.format == CAPTURE_PCAP && size >= FILE_HEADER &&
        comparable(data + FILE_HEADER - 4)) {
        libpcap_compare(data, size, &reading);
    }
    return 0;
}
