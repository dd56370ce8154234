/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The capture of one end: a pcapng file with one interface a path, nanosecond stamps, whole
 * packets. Within an interface the stamps never go back.
 */
#ifndef LAB_TRACE_H
#define LAB_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TRACE_INTERFACES_MAX = 8 };

/* How the packets of an interface are written: as they are, or behind an Ethernet header. */
enum trace_link { TRACE_RAW = 101, TRACE_ETHERNET = 1 };

struct trace {
    FILE *file;
    unsigned interface_count;
    enum trace_link links[TRACE_INTERFACES_MAX];
    int64_t last_ns[TRACE_INTERFACES_MAX];
};

/* Creates the file. False if it cannot be (errno tells). */
bool trace_open(struct trace *trace, const char *path);

/* Adds an interface; its number is the count before. All come before the first packet. */
void trace_add_interface(struct trace *trace, const char *name, enum trace_link link);

/* Adds an IP packet, seen at time_ns since 1970. */
void trace_packet(struct trace *trace, unsigned interface, int64_t time_ns, const uint8_t *octets,
                  size_t length);

/* Closes the file. False if anything could not be written. */
bool trace_close(struct trace *trace);

#endif
