/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which parts of a file hold data: parts that touch are one, and what lies between two of them is a
 * hole. It knows no file.
 */
#ifndef CLI_EXTENTS_H
#define CLI_EXTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With so many parts, some in the middle are joined: where the holes between them are is forgotten.
 */
#define EXTENTS_MAX 4096

struct extent {
    uint64_t begin;
    uint64_t end;
};

/* In rising order, with a hole between any two. All zero: none. */
struct extents {
    struct extent *items;
    size_t count;
    size_t capacity;
    size_t forgotten; /* holes, of so many bytes: */
    uint64_t forgotten_bytes;
};

/* Adds a part that is not empty. False if memory is short; then nothing has changed. */
bool extents_add(struct extents *extents, uint64_t begin, uint64_t end);

/* Where the last part ends; 0 without any. */
uint64_t extents_end(const struct extents *extents);

/* A range, and what of it no part covers; NULL: there is no part. */
struct holes {
    const struct extents *extents;
    uint64_t begin;
    uint64_t end;
};

/* How many holes there are, forgotten ones among them, and one of the others by its index, from
 * `begin` on: true if there is. */
size_t holes_count(const struct holes *holes);
bool holes_get(const struct holes *holes, size_t index, struct extent *hole);

/* Sum of all holes. */
uint64_t holes_bytes(const struct holes *holes);

void extents_free(struct extents *extents);

#endif
