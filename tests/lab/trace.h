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

#include "cli/capture_writer.h"

enum { TRACE_INTERFACES_MAX = 8 };

/* How the packets of an interface are written: as they are, or behind an Ethernet header. */
enum trace_link { TRACE_RAW = 101, TRACE_ETHERNET = 1 };

struct trace_packet;

struct trace_interface {
    enum trace_link link;
    int64_t last_ns;
    struct trace_packet *first; /* held back, in their order */
    struct trace_packet **last_next;
    unsigned held;
};

struct trace {
    struct capture_writer writer;
    struct trace_interface interfaces[TRACE_INTERFACES_MAX];
    /*
     * How many packets of an interface are written at once. 1 writes each as it comes. More make
     * the file what a capture of several interfaces is: in order within each, out of order between
     * them.
     */
    unsigned batch;
};

/* Creates the file. False if it cannot be (errno tells). */
bool trace_open(struct trace *trace, const char *path, unsigned batch);

/* Adds an interface; they are numbered from 0. */
void trace_add_interface(struct trace *trace, const char *name, enum trace_link link);

/* Adds an IP packet, seen at time_ns since 1970. */
void trace_add_packet(struct trace *trace, unsigned interface, int64_t time_ns,
                      const uint8_t *octets, size_t length);

/* Writes what is held back and closes the file. False if anything could not be written. */
bool trace_close(struct trace *trace);

#endif
