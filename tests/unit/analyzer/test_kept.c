/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that are there, records, and ids of neither, in any mixture: by id and by index the
 * right one is found, however records came and went.
 */
#include "analyzer/tracker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDS 300

static uint32_t chance = 1;

static uint32_t draw(uint32_t below)
{
    chance = chance * 1664525 + 1013904223;
    return (chance >> 8) % below;
}

enum fate {
    IS_THERE,
    HAS_RECORD,
    IS_GONE,
};

/* Connections of which only ids matter. */
struct world {
    struct mpta_tracker tracker;
    struct connection connections[IDS];
    struct connection *there[IDS];
    enum fate fates[IDS];
};

static struct world world;

static void world_begin(void)
{
    memset(&world, 0, sizeof(world));
    world.tracker.connections = world.there;
    world.tracker.next_connection = IDS;
    world.tracker.connection_count = IDS;
    for (uint32_t id = 0; id < IDS; id++) {
        world.connections[id].id = id;
        world.there[id] = &world.connections[id];
    }
}

/* One of so many leaves; most of them with a record. */
static void some_leave(uint32_t share)
{
    struct mpta_tracker *tracker = &world.tracker;
    size_t kept = 0;
    assert_true(record_list_begin(&tracker->records, tracker->connection_count));
    for (size_t i = 0; i < tracker->connection_count; i++) {
        uint32_t id = world.there[i]->id;
        if (draw(share) != 0) {
            world.there[kept++] = world.there[i];
            continue;
        }
        world.fates[id] = draw(8) == 0 ? IS_GONE : HAS_RECORD;
        if (world.fates[id] == IS_GONE)
            continue;
        struct record *record = calloc(1, sizeof(*record));
        assert_non_null(record);
        record->id = id;
        record_list_add(&tracker->records, record);
    }
    tracker->connection_count = kept;
    record_list_end(&tracker->records);
}

static void oldest_records_go(size_t count)
{
    record_list_drop(&world.tracker.records, count);
    for (uint32_t id = 0; id < IDS && count > 0; id++) {
        if (world.fates[id] == HAS_RECORD) {
            world.fates[id] = IS_GONE;
            count--;
        }
    }
}

static void check_one(struct kept kept, uint32_t id)
{
    assert_int_equal(kept.live != NULL, world.fates[id] == IS_THERE);
    assert_int_equal(kept.record != NULL, world.fates[id] == HAS_RECORD);
    if (kept.live)
        assert_int_equal(kept.live->id, id);
    if (kept.record)
        assert_int_equal(kept.record->id, id);
}

static void check_all(void)
{
    size_t index = 0;
    for (uint32_t id = 0; id < IDS; id++) {
        check_one(kept_find(&world.tracker, id), id);
        if (world.fates[id] != IS_GONE)
            check_one(kept_at(&world.tracker, index++), id);
    }
    assert_int_equal(kept_count(&world.tracker), index);
    struct kept beyond = kept_at(&world.tracker, index), nobody = kept_find(&world.tracker, IDS);
    assert_false(beyond.live || beyond.record || nobody.live || nobody.record);
}

static void the_right_one_is_found(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        world_begin();
        check_all();
        for (uint32_t share = 2 + draw(20); world.tracker.connection_count > 3;) {
            some_leave(share);
            check_all();
            if (draw(4) == 0) {
                oldest_records_go(world.tracker.records.count / 4);
                check_all();
            }
        }
        record_list_clear(&world.tracker.records);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_one_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
