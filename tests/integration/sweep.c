/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every sample, spoilt in every way: cut by each snap length, with packets missing, its file ended
 * early, its bits flipped. Nothing may crash, read outside, hang or make a report that is none, and
 * what is missing may never be taken for a fault of the traffic, nor make a fact another one.
 *
 *     sweep snap|loss|less|same|cut|flip [-s SEED] [-n TIMES] [-p PART/PARTS] FILE...
 *
 * It works in this process, as the sanitizers see it; -n is how often something is tried at random,
 * and -p takes each PARTS-th file alone.
 */
#include "tests/integration/sweep.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/random.h"

#define TRY_SECONDS  20 /* for one of many tries, each of which takes milliseconds */
#define MESSAGES_MAX 10 /* for one sample: more lines help nobody */

uint64_t sweep_random(struct sweep *sweep, uint64_t below)
{
    return random_next(&sweep->chance) % below;
}

void sweep_fail(struct sweep *sweep, const struct sweep_sample *sample, const char *format, ...)
{
    va_list values;
    if (sweep->failures++ - sweep->failures_before >= MESSAGES_MAX) {
        return;
    }
    printf("FAILED: %s: ", sample->path);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    putchar('\n');
    fflush(stdout);
}

void sweep_try(struct sweep *sweep)
{
    sweep->tries++;
    alarm(TRY_SECONDS);
}

/* ---- The command line ----------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*run)(struct sweep *sweep, const struct sweep_sample *sample);
} kinds[] = {
    {"snap", sweep_snap},
    {"loss", sweep_loss},
    {"less", sweep_less},
    {"same", sweep_same},
    {"cut",  sweep_cut },
    {"flip", sweep_flip},
};

struct arguments {
    size_t kind;
    unsigned part;
    unsigned parts;
    uint64_t seed;
};

static int usage(void)
{
    fprintf(
        stderr,
        "usage: sweep snap|loss|less|same|cut|flip [-s SEED] [-n TIMES] [-p PART/PARTS] FILE...\n");
    return 2;
}

static bool arguments_read(int argc, char **argv, struct arguments *arguments, struct sweep *sweep)
{
    for (int letter; (letter = getopt(argc, argv, "s:n:p:")) != -1;) {
        if (letter == 's') {
            sweep->chance = strtoull(optarg, NULL, 10);
        } else if (letter == 'n') {
            sweep->times = (unsigned)strtoul(optarg, NULL, 10);
        } else if (letter != 'p' ||
                   sscanf(optarg, "%u/%u", &arguments->part, &arguments->parts) != 2) {
            return false;
        }
    }
    while (optind < argc && arguments->kind < sizeof kinds / sizeof kinds[0] &&
           strcmp(argv[optind], kinds[arguments->kind].name) != 0) {
        arguments->kind++;
    }
    return arguments->kind < sizeof kinds / sizeof kinds[0] && arguments->parts > 0 &&
           optind + 1 < argc;
}

static void sweep_sample_try(struct sweep *sweep, size_t kind, const char *path)
{
    struct sweep_sample sample;
    sweep->failures_before = sweep->failures;
    if (sweep_sample_load(&sample, path)) {
        kinds[kind].run(sweep, &sample);
    } else {
        sweep->failures++;
    }
    sweep_sample_free(&sample);
}

int main(int argc, char **argv)
{
    struct sweep sweep = {.chance = 1, .times = 300};
    struct arguments arguments = {.part = 0, .parts = 1};
    if (!arguments_read(argc, argv, &arguments, &sweep)) {
        return usage();
    }
    unsigned samples = 0;
    for (int i = optind + 1; i < argc; i++) {
        if ((unsigned)i % arguments.parts == arguments.part) {
            sweep_sample_try(&sweep, arguments.kind, argv[i]);
            samples++;
        }
    }
    printf("%u samples, %u tries, %u failures\n", samples, sweep.tries, sweep.failures);
    return sweep.failures == 0 && sweep.tries > 0 ? 0 : 1;
}
