/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several interfaces merged live, with devices and a clock of this test's own: frames come in the
 * order of time however the devices hand them over, and never wait long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cli/source_live.h"

#define MS INT64_C(1000000)

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
bool __wrap_live_device_open(struct live_device *device, const char *name, const char *filter,
                             uint32_t snap_len, char **error, bool *usage);
bool __wrap_live_device_read(struct live_device *device, struct frame *frame);
void __wrap_live_device_glance(struct live_device *device);
void __wrap_live_device_count(struct live_device *device);
void __wrap_live_device_close(struct live_device *device);

/* ---- Devices -------------------------------------------------------------------------------- */

enum { DEVICES_MAX = 3, FRAMES_MAX = 4000 };

/* A device hands over what came up to the last full batch, as the kernel does. */
static struct script {
    int64_t times_ms[FRAMES_MAX];
    size_t count;
    size_t next;
    int64_t batch_ms; /* 0: at once */
    enum live_state state;
} scripts[DEVICES_MAX];

static int64_t now_ms;  /* what both clocks show */
static int64_t read_ms; /* how long a read takes */
static unsigned reads;

static struct script *script_of(const struct live_device *device)
{
    return &scripts[device->name[0] - '0'];
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = now_ms / 1000, .tv_nsec = now_ms % 1000 * MS};
    return 0;
}

bool __wrap_live_device_open(struct live_device *device, const char *name, const char *filter,
                             uint32_t snap_len, char **error, bool *usage)
{
    (void)filter, (void)snap_len, (void)error, (void)usage;
    *device = (struct live_device){.name = name, .fd = -1, .link_type = 1};
    return true;
}

bool __wrap_live_device_read(struct live_device *device, struct frame *frame)
{
    static const uint8_t octets[60];
    struct script *script = script_of(device);
    int64_t shown_ms =
        script->batch_ms > 0 ? now_ms / script->batch_ms * script->batch_ms : now_ms + 1;
    reads++;
    now_ms += read_ms;
    if (script->state == LIVE_GONE) {
        device->state = LIVE_GONE;
        return false;
    }
    if (script->next == script->count || script->times_ms[script->next] >= shown_ms) {
        return false;
    }
    *frame = (struct frame){
        .time_ns = script->times_ms[script->next++] * MS,
        .time_known = true,
        .link_type = 1,
        .captured = sizeof octets,
        .wire_len = sizeof octets,
        .octets = octets,
    };
    return true;
}

void __wrap_live_device_glance(struct live_device *device)
{
    if (device->state != LIVE_GONE) {
        device->state = script_of(device)->state;
    }
}

void __wrap_live_device_count(struct live_device *device)
{
    device->drops = 7;
    device->interface_drops = 1;
}

void __wrap_live_device_close(struct live_device *device)
{
    (void)device;
}

/* ---- Captures ------------------------------------------------------------------------------- */

/* Frames of a device, so many milliseconds apart from some moment on. */
static void script_fill(size_t device, int64_t begin_ms, int64_t apart_ms, size_t count)
{
    struct script *script = &scripts[device];
    *script = (struct script){.count = count};
    for (size_t i = 0; i < count; i++) {
        script->times_ms[i] = begin_ms + (int64_t)i * apart_ms;
    }
}

static void live_begin(struct source_live *live, size_t devices)
{
    static const char *const names[DEVICES_MAX] = {"0", "1", "2"};
    const struct source_live_request request = {.interfaces = names, .interface_count = devices};
    char *error;
    bool usage = false;
    assert_true(source_live_open(live, &request, &error, &usage));
}

/* All that a merge may be asked for. */
struct merged {
    size_t count;
    int64_t last_ms;
    int64_t longest_ms; /* that a frame waited */
};

/* Takes all frames that are due now; what comes then. */
static enum source_status take_due(struct source_live *live, struct merged *merged)
{
    struct frame frame;
    enum source_status status;
    while ((status = source_live_next(live, &frame)) == SOURCE_FRAME) {
        int64_t time_ms = frame.time_ns / MS;
        assert_true(time_ms >= merged->last_ms);
        merged->last_ms = time_ms;
        merged->count++;
        assert_int_equal(frame.number, merged->count);
        if (now_ms - time_ms > merged->longest_ms) {
            merged->longest_ms = now_ms - time_ms;
        }
    }
    return status;
}

/* ---- Order ---------------------------------------------------------------------------------- */

/* A process that could not run for a while finds much from one device and little from another. */
static void a_backlog_is_made_up_in_order(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 1000, 1, 3000);
    script_fill(1, 1000, 100, 30);
    script_fill(2, 3500, 7, 10);
    now_ms = 10000;
    live_begin(&live, 3);
    assert_int_equal(take_due(&live, &merged), SOURCE_WAIT);
    assert_int_equal(merged.count, 3040);
    assert_int_equal(live.capture.late, 0);
    source_live_close(&live);
}

static const struct {
    const char *words;
    int64_t apart_ms[DEVICES_MAX];
    int64_t batch_ms[DEVICES_MAX];
} pairs[] = {
    {"both at once",                {3, 5, 0},   {0, 0, 0}    },
    {"one in batches",              {3, 5, 0},   {100, 0, 0}  },
    {"all in batches of their own", {1, 10, 30}, {50, 70, 100}},
    {"one nearly silent",           {1, 700, 0}, {50, 50, 0}  },
};

/* Frames wait for the other devices, no longer than the span and a batch. */
static void batches_are_put_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t devices = pairs[i].apart_ms[2] > 0 ? 3 : 2;
        struct source_live live;
        struct merged merged = {0};
        size_t expected = 0;
        print_message("%s\n", pairs[i].words);
        for (size_t j = 0; j < devices; j++) {
            size_t count = (size_t)(2000 / pairs[i].apart_ms[j]);
            script_fill(j, 1000, pairs[i].apart_ms[j], count);
            scripts[j].batch_ms = pairs[i].batch_ms[j];
            expected += count;
        }
        now_ms = 990;
        live_begin(&live, devices);
        for (; now_ms < 3500; now_ms += 10) {
            assert_int_equal(take_due(&live, &merged), SOURCE_WAIT);
        }
        assert_int_equal(merged.count, expected);
        assert_int_equal(live.capture.late, 0);
        assert_true(merged.longest_ms <= 320);
        source_live_close(&live);
    }
}

/* What is sent and what is received get into the ring by different ways. */
static void packets_of_one_device_are_put_in_order(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 1000, 1, 1000);
    for (size_t i = 0; i + 7 < 1000; i += 10) {
        scripts[0].times_ms[i] += 4; /* overtaken by some */
    }
    now_ms = 2000;
    live_begin(&live, 1);
    take_due(&live, &merged);
    assert_in_range(merged.count, 990, 1000); /* all but the last, which may be overtaken yet */
    now_ms += 300;
    assert_int_equal(take_due(&live, &merged), SOURCE_WAIT);
    assert_int_equal(merged.count, 1000);
    assert_int_equal(live.capture.late, 0);
    source_live_close(&live);
}

/* While one is busy, the others are asked now and then, not for each of its packets. */
static void silent_devices_cost_little(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 1000, 1, 4000);
    script_fill(1, 0, 1, 0);
    script_fill(2, 0, 1, 0);
    now_ms = 5000;
    reads = 0;
    live_begin(&live, 3);
    take_due(&live, &merged);
    assert_in_range(reads, 4000, 4100);
    source_live_close(&live);
}

/* ---- The end -------------------------------------------------------------------------------- */

/* What came before the wish to stop comes out, with what the kernel still had; later ones do not.
 */
static void what_came_before_the_stop_is_given(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 1000, 10, 400);
    script_fill(1, 1005, 10, 400);
    scripts[0].batch_ms = scripts[1].batch_ms = 50;
    live_begin(&live, 2);
    for (now_ms = 1000; now_ms < 2000; now_ms += 10) {
        take_due(&live, &merged);
    }
    source_live_stop(&live);
    int64_t stopped_ms = now_ms;
    while (take_due(&live, &merged) == SOURCE_WAIT) {
        now_ms += 10;
    }
    assert_in_range(now_ms - stopped_ms, 100, 400);
    assert_int_equal(merged.count, 201); /* 1000 to 2000 and 1005 to 1995 */
    assert_int_equal(merged.last_ms, 2000);
    assert_int_equal(live.capture.kernel_drops, 14);
    assert_int_equal(live.capture.interface_drops, 2);
    source_live_close(&live);
}

/* A clock that was set back would let a busy device seem to be before the stop for ever. */
static void a_stop_has_its_limit(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 0, 0, FRAMES_MAX);
    now_ms = 5000;
    live_begin(&live, 1);
    source_live_stop(&live);
    read_ms = 1;
    while (take_due(&live, &merged) == SOURCE_WAIT) {
        now_ms += 10;
    }
    read_ms = 0;
    assert_in_range(now_ms, 6000, 6500);
    assert_in_range(merged.count, 1000, 1200);
    source_live_close(&live);
}

/* ---- Devices that come and go --------------------------------------------------------------- */

static void assert_notice(struct source_live *live, const char *part)
{
    const char *notice = source_live_notice(live);
    if (notice == NULL || strstr(notice, part) == NULL) {
        fail_msg("\"%s\", without \"%s\"", notice != NULL ? notice : "nothing", part);
    }
    assert_null(source_live_notice(live));
}

static void changes_are_told_once(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 0, 1, 0);
    script_fill(1, 0, 1, 0);
    live_begin(&live, 2);
    for (now_ms = 1000; now_ms < 3000; now_ms += 100) {
        scripts[0].state = now_ms < 2000 ? LIVE_DOWN : LIVE_UP;
        assert_int_equal(take_due(&live, &merged), SOURCE_WAIT);
        if (now_ms == 1500) {
            assert_notice(&live, "0: the interface is down");
        }
    }
    assert_notice(&live, "0: the interface is up again");
    scripts[1].state = LIVE_GONE;
    assert_int_equal(take_due(&live, &merged), SOURCE_WAIT);
    assert_notice(&live, "goes on without it");
    scripts[0].state = LIVE_GONE;
    assert_int_equal(take_due(&live, &merged), SOURCE_ERROR);
    assert_notice(&live, "0: ");
    assert_non_null(strstr(live.error, "no interface is left"));
    source_live_close(&live);
}

/* A device that is gone holds up nobody, and what the window holds still comes out. */
static void a_device_that_is_gone_holds_up_nothing(void **state)
{
    (void)state;
    struct source_live live;
    struct merged merged = {0};
    script_fill(0, 1000, 10, 10);
    script_fill(1, 1000, 10, 10);
    now_ms = 1100;
    live_begin(&live, 2);
    take_due(&live, &merged);
    scripts[0].state = scripts[1].state = LIVE_GONE;
    assert_int_equal(take_due(&live, &merged), SOURCE_ERROR);
    assert_int_equal(merged.count, 20);
    source_live_close(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backlog_is_made_up_in_order),
        cmocka_unit_test(batches_are_put_in_order),
        cmocka_unit_test(packets_of_one_device_are_put_in_order),
        cmocka_unit_test(silent_devices_cost_little),
        cmocka_unit_test(what_came_before_the_stop_is_given),
        cmocka_unit_test(a_stop_has_its_limit),
        cmocka_unit_test(changes_are_told_once),
        cmocka_unit_test(a_device_that_is_gone_holds_up_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
