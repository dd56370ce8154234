/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far the clocks of capture files are apart, found from the handshakes that two of them hold.
 * Between two places on a path a SYN comes later at one and its SYN/ACK later at the other; where
 * both come later at the same place, it is that place's clock that is ahead. Half the sum of both
 * differences tells by how much, but for what the path takes longer one way than the other. It
 * reads the beginning of each file, and changes nothing.
 */
#ifndef CLI_CLOCKS_H
#define CLI_CLOCKS_H

#include <stddef.h>
#include <stdint.h>

/* So many frames of a file are looked at, and so many SYNs and SYN/ACKs kept of them. */
#define CLOCKS_FRAMES ((size_t)100000)
#define CLOCKS_MARKS  ((size_t)4096)
/* So many files are compared; clocks of those beyond are not asked for. */
#define CLOCKS_FILES ((size_t)16)
/* What is no more than this is how exactly packets are stamped, no difference of clocks. */
#define CLOCKS_NOISE_NS INT64_C(1000000)

/*
 * Fills for each file by how much its clock is ahead of that of a file before it, as corrected: 0
 * where they agree as far as can be told, where nothing tells, and where there is no memory.
 * paths: capture files; NULL for an input that cannot be read twice.
 */
void clocks_compare(const char *const *paths, size_t count, int64_t *ahead_ns);

#endif
