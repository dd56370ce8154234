/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Puts the project's capture writer to the lab's use: an Ethernet header where one is wanted, a
 * clock that does not go back, packets held back until a batch is full. Errors stay in the writer
 * until trace_close.
 */
#include "tests/lab/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET_HEADER_LEN = 14 };

struct trace_packet {
    struct trace_packet *next;
    int64_t time_ns;
    size_t length;
    uint8_t octets[];
};

bool trace_open(struct trace *trace, const char *path, unsigned batch)
{
    FILE *file = fopen(path, "wb");

    *trace = (struct trace){.batch = batch};
    if (file == NULL)
        return false;
    capture_writer_begin(&trace->writer, file, "mptcp-analyze lab");
    return true;
}

void trace_add_interface(struct trace *trace, const char *name, enum trace_link link)
{
    struct trace_interface *interface = &trace->interfaces[trace->writer.interfaces];

    *interface = (struct trace_interface){.link = link, .last_next = &interface->first};
    capture_writer_interface(&trace->writer, (uint16_t)link, name, 0);
}

static void interface_write(struct trace *trace, struct trace_interface *interface)
{
    while (interface->first != NULL) {
        struct trace_packet *packet = interface->first;
        capture_writer_packet(&trace->writer,
                              &(struct capture_writer_packet){
                                  .interface = (uint32_t)(interface - trace->interfaces),
                                  .time_ns = packet->time_ns,
                                  .captured = (uint32_t)packet->length,
                                  .wire_len = (uint32_t)packet->length,
                                  .octets = packet->octets,
                              });
        interface->first = packet->next;
        free(packet);
    }
    interface->last_next = &interface->first;
    interface->held = 0;
}

/* Addresses of the kind that is administered locally; the EtherType follows the IP version. */
static size_t ethernet_header(uint8_t *header, const uint8_t *ip)
{
    static const uint8_t ipv4[ETHERNET_HEADER_LEN] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0};
    static const uint8_t ipv6[ETHERNET_HEADER_LEN] = {2, 0, 0, 0, 0, 2,    2,
                                                      0, 0, 0, 0, 1, 0x86, 0xdd};

    memcpy(header, ip[0] >> 4 == 6 ? ipv6 : ipv4, ETHERNET_HEADER_LEN);
    return ETHERNET_HEADER_LEN;
}

void trace_add_packet(struct trace *trace, unsigned interface_number, int64_t time_ns,
                      const uint8_t *octets, size_t length)
{
    struct trace_interface *interface = &trace->interfaces[interface_number];
    struct trace_packet *packet = malloc(sizeof *packet + ETHERNET_HEADER_LEN + length);
    size_t header = 0;

    if (packet == NULL) {
        trace->writer.error = ENOMEM;
        return;
    }
    /* The wall clock may be set back; a capture that it made would be out of order. */
    if (interface->last_ns < time_ns)
        interface->last_ns = time_ns;
    if (interface->link == TRACE_ETHERNET)
        header = ethernet_header(packet->octets, octets);
    memcpy(packet->octets + header, octets, length);
    packet->next = NULL;
    packet->time_ns = interface->last_ns;
    packet->length = header + length;
    *interface->last_next = packet;
    interface->last_next = &packet->next;
    if (++interface->held >= trace->batch)
        interface_write(trace, interface);
}

bool trace_close(struct trace *trace)
{
    for (unsigned i = 0; i < trace->writer.interfaces; i++)
        interface_write(trace, &trace->interfaces[i]);
    bool written = capture_writer_flush(&trace->writer);

    return fclose(trace->writer.file) == 0 && written;
}
