/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of this process, whoever in it asked for it. */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Octets in use; 0 where the allocator cannot tell, which is that of sanitizers. */
size_t memory_in_use(void);

/* Octets of memory that this process has, by the kernel's table; 0 where that is not there. */
uint64_t memory_resident(void);

#endif
