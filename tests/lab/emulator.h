/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The emulator's whole state, shared by its directives (emulator_directive.c) and its packet loop
 * (emulator.c). The names of paths are also the names of the capture's interfaces.
 */
#ifndef LAB_EMULATOR_H
#define LAB_EMULATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/lab/flow.h"
#include "tests/lab/link.h"
#include "tests/lab/nat.h"
#include "tests/lab/queue.h"
#include "tests/lab/rule.h"
#include "tests/lab/trace.h"

enum { PATHS_MAX = TRACE_INTERFACES_MAX, RULES_MAX = 32, NAME_SIZE = 32 };

/* What became of the packets of one direction of a path. */
enum path_count {
    COUNT_ENTERED,
    COUNT_PAYLOAD_OCTETS, /* of what entered */
    COUNT_DROPPED_BY_RULE,
    COUNT_UNTRANSLATED,
    COUNT_LOST, /* by the link: chance, a full queue, darkness */
    COUNT_ARRIVED,
};
enum { PATH_COUNTS = COUNT_ARRIVED + 1 };

struct path {
    char name[NAME_SIZE];
    char namespace[SIDES][NAME_SIZE];
    char device[SIDES][NAME_SIZE];
    int fd[SIDES];
    enum trace_link trace_link;
    struct link link[SIDES];             /* by direction */
    uint64_t counts[SIDES][PATH_COUNTS]; /* by direction */
    struct nat nat;                      /* inside is the client's side */
};

struct emulator {
    struct path paths[PATHS_MAX];
    unsigned path_count;
    struct rule rules[RULES_MAX];
    unsigned rule_count;
    char capture[SIDES][256]; /* file names */
    unsigned capture_batch;   /* see struct trace */
    struct trace traces[SIDES];
    struct flow_table flows;
    struct queue queue;
    bool started;
};

/*
 * Carries out one line of the directive language (tests/lab/README.md), which is modified. Returns
 * NULL, or what is wrong with the line. "start" is not a directive here.
 */
const char *emulator_direct(struct emulator *emulator, char *line);

#endif
