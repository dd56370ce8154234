/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sentences for people, made as by printf. All memory for them comes from malloc, so that the
 * caller may free them, and so that a lack of memory is seen here and nowhere else.
 */
#ifndef CLI_SOURCE_MESSAGE_H
#define CLI_SOURCE_MESSAGE_H

/* What is said when there is no memory to say anything else. */
#define SOURCE_NO_MEMORY "out of memory: give fewer files at once, or raise the memory limit"

/* A new string; NULL without memory. The caller frees it. */
char *source_message_make(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
