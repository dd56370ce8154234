/* SPDX-License-Identifier: BSD-3-Clause */
/* Which octets of a struct are of fields that a layout has: what lies between them is nobody's. */
#ifndef LAYOUT_MASK_H
#define LAYOUT_MASK_H

#include <string.h>

#include "analyzer/pack.h"

/* Sets these octets of `mask` to 0xff. */
static inline void layout_mask(const struct pack_layout *layout, unsigned char *mask)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct pack_field *field = &layout->fields[i];
        if (field->kind == PACK_PART)
            layout_mask(field->layout, mask + field->offset);
        else
            memset(mask + field->offset, 0xff, field->size);
    }
}

#endif
