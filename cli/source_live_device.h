/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One interface that is captured from, through libpcap: opening it, reading what has come, and what
 * became of it. It knows of no other interface, and of no order of time between them.
 */
#ifndef CLI_SOURCE_LIVE_DEVICE_H
#define CLI_SOURCE_LIVE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/source.h"

/* The kernel hands over what came within this time at once: few wake-ups, and still a live view. */
enum { SOURCE_LIVE_BATCH_MS = 50 };

/* The ring that the kernel fills, for each interface. */
enum { SOURCE_LIVE_RING_OCTETS = 64 * 1024 * 1024 };

/*
 * How much of a packet is captured. All headers that the dissector follows, four tunnels deep, fit
 * into the smaller one; no packet is longer than the other but some of 512 KiB ("BIG TCP").
 */
enum { SOURCE_LIVE_SNAP_HEADERS = 512, SOURCE_LIVE_SNAP_WHOLE = 262144 };

/* The name of all interfaces together. */
#define SOURCE_LIVE_ANY "any"

struct live_device {
    const char *name; /* borrowed */
    void *pcap;       /* of libpcap; NULL unless it is open */
    int fd;           /* to wait for unless it is gone; -1 unless it is open */
    int index;        /* of the interface that was last captured from; 0: not known */
    int hardware;     /* its kind, ARPHRD_... */
    uint32_t link_type;
    bool nanoseconds; /* its time stamps are */
    unsigned ring_version;
    enum live_state state;
    char *gone_for; /* LIVE_GONE: why, in words; NULL without memory */
    uint64_t received;
    uint64_t sent_back; /* of these, loopback packets that went out: libpcap keeps what comes in */
    uint64_t drops;     /* by the kernel, for want of room in the ring */
    uint64_t interface_drops;
    uint32_t counted[3]; /* the same three as libpcap told them last */
};

/*
 * Opens an interface. False on failure: *error is a sentence that the caller frees, or NULL without
 * memory; *usage is true where the filter is at fault. live_device_close is due in any case.
 */
bool live_device_open(struct live_device *device, const char *name, const char *filter,
                      uint32_t snap_len, char **error, bool *usage);

/*
 * Fills a frame's time, lengths, link type and octets, which are borrowed until the next call, with
 * the next packet that has come. False if there is none now; device.state may have become
 * LIVE_GONE.
 */
bool live_device_read(struct live_device *device, struct frame *frame);

/*
 * Looks whether the interface is up. One that was made anew under its name after it had vanished is
 * captured from again.
 */
void live_device_glance(struct live_device *device);

/* Asks the kernel for the three counts. */
void live_device_count(struct live_device *device);

void live_device_close(struct live_device *device);

#endif
