/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The catalogue of findings as a page for readers: docs/FINDINGS.md.
 */
#ifndef CLI_FINDINGS_PAGE_H
#define CLI_FINDINGS_PAGE_H

#include <stdio.h>

/* Writes the page, in Markdown. */
void findings_page_write(FILE *stream);

#endif
