/* SPDX-License-Identifier: BSD-3-Clause */
/* What all reports ask of the tracker in the same way. */
#include "cli/report.h"

size_t report_verdict(const struct report *report, uint32_t connection,
                      struct mpta_sentence sentences[MPTA_SENTENCES_MAX])
{
    return mpta_tracker_verdict(report->tracker, connection,
                                report->capture_count > 1 ? report->capture_names : NULL,
                                sentences);
}
