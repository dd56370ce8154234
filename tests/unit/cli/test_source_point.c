/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files that are cut by time are one capture point; those that were written at the same time are
 * several.
 */
#include "cli/source_point.h"
#include "tests/unit/cli/test_source_support.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FILES_MAX       4

enum { ETHERNET = LINK_TYPE_ETHERNET, RAW = LINK_TYPE_RAW };

/* ---- Files ---------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *words;
    size_t files;
    struct {
        uint32_t link_type;
        uint32_t times[4]; /* of its packets; 0: no more */
        uint32_t point;
    } of[FILES_MAX];
} cases[] = {
    {"alone", 1, {{ETHERNET, {1, 2}, 0}}},
    {"at the same time", 2, {{ETHERNET, {1, 3}, 0}, {ETHERNET, {2, 4}, 1}}},
    {"at the same times", 2, {{ETHERNET, {1, 2}, 0}, {ETHERNET, {1, 2}, 1}}},
    {"one after the other", 3,
     {{ETHERNET, {1, 2}, 0}, {ETHERNET, {3, 4}, 0}, {ETHERNET, {5}, 0}}},
    {"the last one first", 3,
     {{ETHERNET, {5, 6}, 2}, {ETHERNET, {3, 4}, 2}, {ETHERNET, {1, 2}, 2}}},
    {"cut between packets of one time", 2, {{ETHERNET, {1, 2}, 0}, {ETHERNET, {2, 3}, 0}}},
    {"the same, the last one first", 2, {{ETHERNET, {2, 3}, 1}, {ETHERNET, {1, 2}, 1}}},
    {"two beside one", 3,
     {{ETHERNET, {1, 9}, 0}, {ETHERNET, {2, 3}, 1}, {ETHERNET, {4, 5}, 1}}},
    {"only one goes on from another", 3,
     {{ETHERNET, {1, 2}, 0}, {ETHERNET, {3, 5}, 0}, {ETHERNET, {4, 6}, 2}}},
    {"two rows, cut at once", 4,
     {{ETHERNET, {1, 3}, 0}, {RAW, {2, 4}, 1}, {ETHERNET, {5, 8}, 0}, {RAW, {6, 7}, 1}}},
    {"nothing is in one of them", 3,
     {{ETHERNET, {1, 2}, 0}, {ETHERNET, {0}, 1}, {ETHERNET, {3}, 0}}},
};
/* clang-format on */

/* A pcap with one frame at each of these microseconds. */
static const char *pcap_at(const uint32_t *times, uint32_t link_type)
{
    struct maker maker = {0};
    struct pcap_header header = pcap_usual;
    header.link = link_type;
    put_pcap_header(&maker, &header);
    for (unsigned i = 0; i < 4 && times[i] > 0; i++) {
        put_pcap_record(&maker, 0, times[i], 20, 20, i);
    }
    const char *path = support_store(&maker);
    maker_free(&maker);
    return path;
}

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *paths[FILES_MAX];
        for (size_t k = 0; k < cases[i].files; k++) {
            paths[k] = pcap_at(cases[i].of[k].times, cases[i].of[k].link_type);
        }
        struct reading reading = support_read(paths, cases[i].files, NULL);
        assert_true(reading.count > 0);
        for (size_t k = 0; k < reading.count; k++) {
            const struct frame *frame = &reading.frames[k].frame;
            if (frame->point != cases[i].of[frame->capture].point) {
                fail_msg("%s: file %u is of point %u", cases[i].words, (unsigned)frame->capture,
                         (unsigned)frame->point);
            }
        }
        reading_free(&reading);
        support_clean();
    }
}

/* ---- Which of several ----------------------------------------------------------------------- */

struct ended {
    char *file;
    char *interface;
    int64_t end_ns;
};

/* A third file, of "eth0", begins when two have ended. */
static const struct {
    const char *words;
    struct ended ended[2];
    char *begins;
    uint32_t point;
} likely[] = {
    {"the one of that interface", {{"a", "eth0", 1}, {"b", "eth1", 2}},     "b2",  0},
    {"no name says nothing",      {{"a", "", 1}, {"b", "eth0", 2}},         "a2",  0},
    {"the one of that name",      {{"s/1", "eth0", 1}, {"c/1", "eth0", 2}}, "s/2", 0},
    {"the one that ended last",   {{"1", "eth0", 1}, {"2", "eth0", 2}},     "3",   1},
};

static struct source_inlet inlet_of(struct ended ended, struct capture_interface *interface)
{
    *interface = (struct capture_interface){.name = ended.interface, .link_type = ETHERNET};
    struct source_inlet inlet = {.begun = true, .ended = true};
    inlet.reader.capture = (struct capture){
        .name = ended.file,
        .interfaces = interface,
        .interface_count = 1,
        .end_ns = ended.end_ns,
    };
    return inlet;
}

static void test_likely(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(likely); i++) {
        struct capture_interface interfaces[3];
        struct source_inlet inlets[3] = {
            inlet_of(likely[i].ended[0], &interfaces[0]),
            inlet_of(likely[i].ended[1], &interfaces[1]),
            inlet_of((struct ended){likely[i].begins, "eth0", 3}, &interfaces[2]),
        };
        inlets[1].point = 1;
        inlets[2].begun = inlets[2].ended = false;
        source_point_choose(inlets, 3, &inlets[2]);
        if (!inlets[2].begun || inlets[2].point != likely[i].point) {
            fail_msg("%s: it is of point %u", likely[i].words, (unsigned)inlets[2].point);
        }
        assert_true(inlets[likely[i].point].continued && !inlets[1 - likely[i].point].continued);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_likely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
