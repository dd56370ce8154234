/* SPDX-License-Identifier: BSD-3-Clause */
/* Eight octets a token, in an open table: whoever finds his place taken goes to the next one. */
#include "analyzer/token_memory.h"

#include "analyzer/token.h"

#include <stdlib.h>

#define PLACES_LEAST 64

/* Where a token is, or would be. */
static struct remembered_token *place_of(const struct mpta_tracker *tracker,
                                         const struct token_memory *memory, uint32_t token)
{
    size_t mask = memory->place_count - 1;
    size_t at = (size_t)token_hash(tracker, token) & mask;
    while (memory->places[at].connection != TOKEN_OF_NOBODY && memory->places[at].token != token)
        at = (at + 1) & mask;
    return &memory->places[at];
}

static void memory_put(const struct mpta_tracker *tracker, struct token_memory *memory,
                       uint32_t token, uint32_t connection)
{
    struct remembered_token *place = place_of(tracker, memory, token);
    bool is_new = place->connection == TOKEN_OF_NOBODY;
    memory->used += is_new;
    if (is_new || place->connection < connection)
        *place = (struct remembered_token){token, connection};
}

/* A quarter of the places stays free, so that the way to one is short. */
static bool has_room(const struct token_memory *memory, size_t count)
{
    return (memory->used + count) * 4 <= memory->place_count * 3;
}

static bool memory_make(struct token_memory *memory, size_t place_count)
{
    *memory = (struct token_memory){.place_count = place_count};
    memory->places = place_count > SIZE_MAX / sizeof(*memory->places)
                         ? NULL
                         : malloc(place_count * sizeof(*memory->places));
    for (size_t i = 0; memory->places && i < place_count; i++)
        memory->places[i].connection = TOKEN_OF_NOBODY;
    return memory->places;
}

static bool is_remembered(const struct mpta_tracker *tracker, const struct remembered_token *place)
{
    return place->connection != TOKEN_OF_NOBODY && kept_find(tracker, place->connection).record;
}

static size_t count_remembered(const struct mpta_tracker *tracker)
{
    const struct token_memory *memory = &tracker->token_memory;
    size_t count = 0;
    for (size_t i = 0; i < memory->place_count; i++)
        count += is_remembered(tracker, &memory->places[i]);
    return count;
}

bool token_memory_reserve(struct mpta_tracker *tracker, size_t count)
{
    struct token_memory *old = &tracker->token_memory, wide;
    size_t place_count = PLACES_LEAST;
    if (has_room(old, count))
        return true;
    for (size_t needed = count_remembered(tracker) + count; needed * 4 > place_count * 3;)
        place_count *= 2;
    if (!memory_make(&wide, place_count))
        return false;
    for (size_t i = 0; i < old->place_count; i++) {
        const struct remembered_token *place = &old->places[i];
        if (is_remembered(tracker, place))
            memory_put(tracker, &wide, place->token, place->connection);
    }
    free(old->places);
    *old = wide;
    return true;
}

void token_memory_add(struct mpta_tracker *tracker, uint32_t token, uint32_t connection)
{
    memory_put(tracker, &tracker->token_memory, token, connection);
}

const struct record *token_memory_find(const struct mpta_tracker *tracker, uint32_t token)
{
    const struct token_memory *memory = &tracker->token_memory;
    if (memory->used == 0)
        return NULL;
    const struct remembered_token *place = place_of(tracker, memory, token);
    return place->connection == TOKEN_OF_NOBODY ? NULL
                                                : kept_find(tracker, place->connection).record;
}

void token_memory_clear(struct token_memory *memory)
{
    free(memory->places);
    *memory = (struct token_memory){0};
}
