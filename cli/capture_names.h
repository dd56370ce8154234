/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the inputs are called in sentences: the name of a file without its folders, as long as no
 * other input has the same.
 */
#ifndef CLI_CAPTURE_NAMES_H
#define CLI_CAPTURE_NAMES_H

#include "cli/report.h"

/*
 * A name for each of `count` captures, by index; NULL if memory is short. The array is the
 * caller's to free, the names live as long as the captures. They are octets of the command line: to
 * be escaped before anybody sees them.
 */
const char **capture_names_make(const struct report_capture *captures, size_t count);

#endif
