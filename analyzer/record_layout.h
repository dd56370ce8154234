/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the fields of views lie, so that records can keep them; but for pointers, which are others'
 * to make. */
#ifndef ANALYZER_RECORD_LAYOUT_H
#define ANALYZER_RECORD_LAYOUT_H

#include "analyzer/pack.h"

extern const struct pack_layout record_place;
extern const struct pack_layout record_witness;
extern const struct pack_layout record_address;
extern const struct pack_layout record_subflow;
extern const struct pack_layout record_connection;

#endif
