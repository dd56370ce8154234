/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scenarios as files: the octets of a capture, and the page that lists them.
 */
#ifndef FORGE_SAMPLES_H
#define FORGE_SAMPLES_H

#include <stdint.h>
#include <stdio.h>

#include "tests/forge/scenario.h"

/* Captures that are larger are not kept as samples. */
#define SAMPLE_SIZE_MAX 65536

/* The name of the page about them. */
#define SAMPLE_PAGE "README.forge.md"

/* The seed that samples are made from. */
#define SAMPLE_SEED 1

/* What a file of the scenario holds: *octets is the caller's to free. False for want of memory. */
bool sample_make(const struct forge_scenario *scenario, uint64_t seed, char **octets,
                 size_t *length);

/* The page about all samples, in Markdown. False for want of memory. */
bool sample_page_make(char **text, size_t *length);

#endif
