/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mpta-forge: scenarios by name, as capture files.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/forge/backbone.h"
#include "tests/forge/churn.h"
#include "tests/forge/floods.h"
#include "tests/forge/samples.h"

enum { EXIT_DONE = 0, EXIT_NOT_WRITTEN = 1, EXIT_USAGE = 2 };

static const char usage_text[] =
    "usage: mpta-forge list                       the scenarios, a line each\n"
    "       mpta-forge write NAME FILE [--seed N] one scenario\n"
    "       mpta-forge all DIR [--seed N]         all of them, as DIR/forge-NAME.pcapng\n"
    "       mpta-forge samples DIR                those that are kept as samples, and their page\n"
    "       mpta-forge crowd COUNT FILE           so many short connections of two subflows\n"
    "       mpta-forge backbone COUNT FILE        so many packets, 95 % of them not MPTCP\n"
    "       mpta-forge open COUNT FILE            so many connections of two subflows, which stay "
    "open\n"
    "       mpta-forge churn COUNT FILE           so many packets of connections that come and "
    "go\n"
    "       mpta-forge floods                     the floods, a line each\n"
    "       mpta-forge flood NAME COUNT FILE      one of them, so many packets or some more\n";

/* ---- Files ---------------------------------------------------------------------------------- */

static bool file_write(const char *path, const char *octets, size_t length)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(octets, 1, length, file) == length;
    written = (!file || fclose(file) == 0) && written;
    if (!written) {
        fprintf(stderr, "mpta-forge: %s: cannot be written: %s\n", path, strerror(errno));
    }
    return written;
}

static bool out_of_memory(void)
{
    fprintf(stderr, "mpta-forge: out of memory\n");
    return false;
}

/* Writes DIR/NAME. */
static bool file_write_in(const char *dir, const char *name, const char *octets, size_t length)
{
    char *path;
    if (asprintf(&path, "%s/%s", dir, name) < 0) {
        return out_of_memory();
    }
    bool written = file_write(path, octets, length);
    free(path);
    return written;
}

static bool scenario_write(const struct forge_scenario *scenario, uint64_t seed, const char *path)
{
    char *octets;
    size_t length;
    if (!sample_make(scenario, seed, &octets, &length)) {
        return out_of_memory();
    }
    bool written = file_write(path, octets, length);
    free(octets);
    return written;
}

static bool scenario_write_in(const struct forge_scenario *scenario, uint64_t seed, const char *dir,
                              size_t size_max)
{
    char name[128];
    char *octets;
    size_t length;
    snprintf(name, sizeof name, "forge-%s.pcapng", scenario->name);
    if (!sample_make(scenario, seed, &octets, &length)) {
        return out_of_memory();
    }
    bool written = length > size_max || file_write_in(dir, name, octets, length);
    free(octets);
    return written;
}

static bool scenarios_write_in(const char *dir, uint64_t seed, size_t size_max)
{
    const struct forge_scenario *scenario;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        if (!scenario_write_in(scenario, seed, dir, size_max)) {
            return false;
        }
    }
    return true;
}

static bool page_write_in(const char *dir)
{
    char *text;
    size_t length;
    if (!sample_page_make(&text, &length)) {
        return out_of_memory();
    }
    bool written = file_write_in(dir, SAMPLE_PAGE, text, length);
    free(text);
    return written;
}

/* ---- Commands ------------------------------------------------------------------------------- */

static int exit_code(bool written)
{
    return written ? EXIT_DONE : EXIT_NOT_WRITTEN;
}

static int run_list(const char *const *arguments, uint64_t seed)
{
    const struct forge_scenario *scenario;
    (void)arguments;
    (void)seed;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        printf("%-26s %s\n", scenario->name, scenario->shows);
    }
    return exit_code(fflush(stdout) == 0);
}

static int run_write(const char *const *arguments, uint64_t seed)
{
    const struct forge_scenario *scenario = forge_scenario_find(arguments[0]);
    if (scenario == NULL) {
        fprintf(stderr, "mpta-forge: no scenario '%s'; `mpta-forge list` names them\n",
                arguments[0]);
        return EXIT_USAGE;
    }
    return exit_code(scenario_write(scenario, seed, arguments[1]));
}

static int run_all(const char *const *arguments, uint64_t seed)
{
    return exit_code(scenarios_write_in(arguments[0], seed, SIZE_MAX));
}

static int run_samples(const char *const *arguments, uint64_t seed)
{
    (void)seed;
    return exit_code(scenarios_write_in(arguments[0], SAMPLE_SEED, SAMPLE_SIZE_MAX) &&
                     page_write_in(arguments[0]));
}

/* Writes what a forge has captured, and frees it. */
static int forge_finish(struct forge *forge, const char *path)
{
    FILE *file = forge->failed ? NULL : fopen(path, "wb");
    bool written = file && forge_write(forge, file);
    written = (!file || fclose(file) == 0) && written;
    forge_free(forge);
    if (!written) {
        fprintf(stderr, "mpta-forge: %s: cannot be written\n", path);
    }
    return exit_code(written);
}

/* One after the other, each with keys, ports and addresses of its own. */
static int run_crowd(const char *const *arguments, uint64_t seed)
{
    uint64_t count = strtoull(arguments[0], NULL, 10);
    struct forge forge = forge_new(seed);
    for (uint64_t i = 0; i < count; i++) {
        struct story story;
        story_open(&story, &forge, 1);
        story_join(&story);
        story_end(&story);
    }
    return forge_finish(&forge, arguments[1]);
}

static int run_backbone(const char *const *arguments, uint64_t seed)
{
    struct forge forge = forge_new(seed);
    backbone_play(&forge, strtoull(arguments[0], NULL, 10));
    return forge_finish(&forge, arguments[1]);
}

/* What is written as it comes, to a pipe, too. */
static int run_stream(const char *const *arguments, uint64_t seed,
                      bool (*write)(struct forge *forge, uint64_t count, FILE *file))
{
    struct forge forge = forge_new(seed);
    FILE *file = fopen(arguments[1], "wb");
    bool written = file && write(&forge, strtoull(arguments[0], NULL, 10), file);
    written = (!file || fclose(file) == 0) && written;
    forge_free(&forge);
    if (!written) {
        fprintf(stderr, "mpta-forge: %s: cannot be written\n", arguments[1]);
    }
    return exit_code(written);
}

static int run_churn(const char *const *arguments, uint64_t seed)
{
    return run_stream(arguments, seed, churn_write);
}

static int run_open(const char *const *arguments, uint64_t seed)
{
    return run_stream(arguments, seed, churn_write_open);
}

static int run_floods(const char *const *arguments, uint64_t seed)
{
    const struct forge_flood *flood;
    (void)arguments;
    (void)seed;
    for (size_t i = 0; (flood = forge_flood_at(i)) != NULL; i++) {
        printf("%-26s %s\n", flood->name, flood->words);
    }
    return exit_code(fflush(stdout) == 0);
}

static int run_flood(const char *const *arguments, uint64_t seed)
{
    const struct forge_flood *flood = forge_flood_find(arguments[0]);
    struct forge forge = forge_new(seed);
    if (flood == NULL) {
        fprintf(stderr, "mpta-forge: no flood '%s'; `mpta-forge floods` names them\n",
                arguments[0]);
        return EXIT_USAGE;
    }
    flood->play(&forge, (unsigned)strtoul(arguments[1], NULL, 10));
    return forge_finish(&forge, arguments[2]);
}

static const struct command {
    const char *name;
    int argument_count;
    int (*run)(const char *const *arguments, uint64_t seed);
} commands[] = {
    {"list",     0, run_list    },
    {"write",    2, run_write   },
    {"all",      1, run_all     },
    {"samples",  1, run_samples },
    {"crowd",    2, run_crowd   },
    {"backbone", 2, run_backbone},
    {"churn",    2, run_churn   },
    {"open",     2, run_open    },
    {"floods",   0, run_floods  },
    {"flood",    3, run_flood   },
};

static int usage(void)
{
    fputs(usage_text, stderr);
    return EXIT_USAGE;
}

static bool seed_read(const char *text, uint64_t *seed)
{
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'},
        {NULL,   0,                 NULL, 0  },
    };
    uint64_t seed = SAMPLE_SEED;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 's' || !seed_read(optarg, &seed)) {
            return usage();
        }
    }
    const char *const *words = (const char *const *)argv + optind;
    int count = argc - optind;
    for (size_t i = 0; count > 0 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].name) == 0 && count - 1 == commands[i].argument_count) {
            return commands[i].run(words + 1, seed);
        }
    }
    return usage();
}
