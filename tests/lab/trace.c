/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcapng as draft-ietf-opsawg-pcapng has it, little-endian whatever the machine: one section, its
 * interfaces, then packets. Errors stay in the stream's error flag until trace_close.
 */
#include "tests/lab/trace.h"

#include <string.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    OPTION_IF_NAME = 2,
    OPTION_IF_TSRESOL = 9,
    TSRESOL_NANOSECONDS = 9,
    ETHERNET_HEADER_LEN = 14,
};

static void put16(FILE *file, uint16_t value)
{
    putc(value & 0xff, file);
    putc(value >> 8, file);
}

static void put32(FILE *file, uint32_t value)
{
    put16(file, (uint16_t)value);
    put16(file, (uint16_t)(value >> 16));
}

static uint32_t padding(size_t length)
{
    return (uint32_t)(-length & 3U);
}

static void put_padding(FILE *file, size_t length)
{
    for (uint32_t i = padding(length); i > 0; i--)
        putc(0, file);
}

static void put_option(FILE *file, uint16_t code, const void *value, uint16_t length)
{
    put16(file, code);
    put16(file, length);
    fwrite(value, 1, length, file);
    put_padding(file, length);
}

static void put_section(FILE *file)
{
    enum { LENGTH = 28 };

    put32(file, BLOCK_SECTION);
    put32(file, LENGTH);
    put32(file, BYTE_ORDER_MAGIC);
    put16(file, 1); /* version 1.0 */
    put16(file, 0);
    put32(file, UINT32_MAX); /* section length unknown: 64 bits of ones */
    put32(file, UINT32_MAX);
    put32(file, LENGTH);
}

bool trace_open(struct trace *trace, const char *path)
{
    *trace = (struct trace){.file = fopen(path, "wb")};
    if (trace->file == NULL)
        return false;
    put_section(trace->file);
    return true;
}

void trace_add_interface(struct trace *trace, const char *name, enum trace_link link)
{
    FILE *file = trace->file;
    const uint8_t resolution = TSRESOL_NANOSECONDS;
    uint16_t name_len = (uint16_t)strlen(name);
    uint32_t length = 20 + 4 + name_len + padding(name_len) + 8 + 4;

    trace->links[trace->interface_count++] = link;
    put32(file, BLOCK_INTERFACE);
    put32(file, length);
    put16(file, (uint16_t)link);
    put16(file, 0);
    put32(file, 0); /* no snap length */
    put_option(file, OPTION_IF_NAME, name, name_len);
    put_option(file, OPTION_IF_TSRESOL, &resolution, 1);
    put32(file, 0); /* end of options */
    put32(file, length);
}

/* Addresses of the kind that is administered locally; the EtherType follows the IP version. */
static void put_ethernet_header(FILE *file, const uint8_t *packet)
{
    static const uint8_t addresses[12] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
    bool ipv6 = packet[0] >> 4 == 6;

    fwrite(addresses, 1, sizeof addresses, file);
    putc(ipv6 ? 0x86 : 0x08, file);
    putc(ipv6 ? 0xdd : 0x00, file);
}

void trace_packet(struct trace *trace, unsigned interface, int64_t time_ns, const uint8_t *octets,
                  size_t length)
{
    FILE *file = trace->file;
    bool ethernet = trace->links[interface] == TRACE_ETHERNET;
    uint32_t frame_len = (uint32_t)length + (ethernet ? ETHERNET_HEADER_LEN : 0);
    uint32_t block_len = 32 + frame_len + padding(frame_len);

    /* The wall clock may be set back; a capture that it made would be out of order. */
    if (time_ns < trace->last_ns[interface])
        time_ns = trace->last_ns[interface];
    trace->last_ns[interface] = time_ns;

    put32(file, BLOCK_PACKET);
    put32(file, block_len);
    put32(file, interface);
    put32(file, (uint32_t)((uint64_t)time_ns >> 32));
    put32(file, (uint32_t)time_ns);
    put32(file, frame_len);
    put32(file, frame_len);
    if (ethernet)
        put_ethernet_header(file, octets);
    fwrite(octets, 1, length, file);
    put_padding(file, frame_len);
    put32(file, block_len);
}

bool trace_close(struct trace *trace)
{
    bool written = ferror(trace->file) == 0;

    return fclose(trace->file) == 0 && written;
}
