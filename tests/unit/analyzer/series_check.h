/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What must be true of the series over time of a tracker, whatever it was fed: all their points
 * together are what its other views say. For unit tests and for spoilt samples.
 */
#ifndef SERIES_CHECK_H
#define SERIES_CHECK_H

#include "analyzer/analyzer.h"

/* What is wrong, in words; NULL if nothing is. To be asked after mpta_tracker_finish. */
const char *series_check(const struct mpta_tracker *tracker);

#endif
