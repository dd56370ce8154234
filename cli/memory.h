/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory that this process has allocated, whoever in it asked for it. */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>

/* Octets in use; 0 where the allocator cannot tell, which is that of sanitizers. */
size_t memory_in_use(void);

#endif
