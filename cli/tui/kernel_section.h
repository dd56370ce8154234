/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel of this machine says of a connection, beside what packets show and never mixed
 * with it.
 */
#ifndef CLI_TUI_KERNEL_SECTION_H
#define CLI_TUI_KERNEL_SECTION_H

#include "cli/report.h"
#include "cli/tui/page.h"

/* Adds it to a page; nothing where the connection has no socket on this machine. */
void kernel_section_add(struct page *page, const struct report *report, uint32_t connection);

#endif
