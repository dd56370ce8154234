/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time stamps of capture files as nanoseconds since 1970-01-01 UTC. What does not fit into 64 bits
 * (before 1677, after 2262) becomes the nearest value that does.
 */
#ifndef CLI_SOURCE_TIME_H
#define CLI_SOURCE_TIME_H

#include <stdint.h>

/* if_tsresol of an interface that does not state any: microseconds. */
enum { SOURCE_TIME_MICROSECONDS = 6 };

/*
 * A pcapng time stamp in ns. resolution is an if_tsresol octet: a unit is 10^-n s, or 2^-n s where
 * the highest bit is set, n being the other seven. offset_s is if_tsoffset, in seconds. Parts of a
 * nanosecond are dropped.
 */
int64_t source_time_ns(uint64_t units, uint8_t resolution, int64_t offset_s);

#endif
