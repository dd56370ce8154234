/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tokens of connections that have left a record: for a join that names one of them long
 * afterwards, and for a key that is used again. Of several with one token the newest is remembered.
 */
#ifndef ANALYZER_TOKEN_MEMORY_H
#define ANALYZER_TOKEN_MEMORY_H

#include "analyzer/record.h"

struct mpta_tracker;

struct remembered_token {
    uint32_t token;
    uint32_t connection; /* its id; TOKEN_OF_NOBODY: the place is free */
};
#define TOKEN_OF_NOBODY UINT32_MAX

/* All zero: no token is remembered. */
struct token_memory {
    struct remembered_token *places;
    size_t place_count; /* a power of two, or 0 */
    size_t used;
};

/* Makes room for so many tokens more, and forgets those whose record is gone. False if there is no
 * memory. */
bool token_memory_reserve(struct mpta_tracker *tracker, size_t count);

/* There must be room. */
void token_memory_add(struct mpta_tracker *tracker, uint32_t token, uint32_t connection);

/* The record of the connection that had this token; NULL: there is none. */
const struct record *token_memory_find(const struct mpta_tracker *tracker, uint32_t token);

void token_memory_clear(struct token_memory *memory);

#endif
