/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The samples in the tree are what the forge makes, octet by octet, and so is the page about them:
 * that holds on every machine. `./dev samples` makes them anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "tests/forge/samples.h"

#define MADE_ANEW "; if the change is meant, make the samples anew: ./dev samples"

/* A file of the samples' folder as octets, NULL if it is not there. */
static char *sample_read(const char *name, size_t *length)
{
    char path[4096];
    char *octets = NULL;
    snprintf(path, sizeof path, "%s/%s", MPTA_SAMPLES_DIR, name);
    FILE *file = fopen(path, "rb");
    FILE *memory = file ? open_memstream(&octets, length) : NULL;
    for (int octet; memory && (octet = getc(file)) != EOF;) {
        putc(octet, memory);
    }
    if (memory) {
        fclose(memory);
    }
    if (file) {
        fclose(file);
    }
    return octets;
}

static void file_check(const char *name, const char *made, size_t made_len)
{
    size_t length;
    char *kept = sample_read(name, &length);
    bool missing = kept == NULL;
    bool same = kept && length == made_len && memcmp(kept, made, length) == 0;
    free(kept);
    if (missing) {
        fail_msg("samples/%s is missing" MADE_ANEW, name);
    }
    if (!same) {
        fail_msg("samples/%s is not what the forge makes" MADE_ANEW, name);
    }
}

/* Returns the size of the sample, 0 if it is too large for one. */
static size_t scenario_check(const struct forge_scenario *scenario)
{
    char name[128];
    char *octets;
    size_t length;
    snprintf(name, sizeof name, "forge-%s.pcapng", scenario->name);
    assert_true(sample_make(scenario, SAMPLE_SEED, &octets, &length));
    if (length <= SAMPLE_SIZE_MAX) {
        file_check(name, octets, length);
    } else {
        length = 0;
    }
    free(octets);
    return length;
}

static size_t kept_count(void)
{
    glob_t found;
    assert_int_equal(glob(MPTA_SAMPLES_DIR "/forge-*", 0, NULL, &found), 0);
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

/* None differs, none is left over from a scenario that is gone, all together are small. */
static void samples_are_what_the_forge_makes(void **state)
{
    const struct forge_scenario *scenario;
    size_t count = 0;
    size_t total = 0;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        size_t length = scenario_check(scenario);
        count += length > 0;
        total += length;
    }
    assert_int_equal(kept_count(), count);
    assert_in_range(total, 1, 600 * 1024);
}

static void page_is_what_the_forge_makes(void **state)
{
    char *text;
    size_t length;
    (void)state;
    assert_true(sample_page_make(&text, &length));
    file_check(SAMPLE_PAGE, text, length);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_what_the_forge_makes),
        cmocka_unit_test(page_is_what_the_forge_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
