/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which lengths are legal for which form of option kind 30: a table that is written from the RFCs
 * and not from the decoders.
 */
#ifndef TESTS_UNIT_DISSECTOR_LEGAL_FORMS_H
#define TESTS_UNIT_DISSECTOR_LEGAL_FORMS_H

#include "dissector/dissector.h"

#define OPTION_LEN_MAX 40

/* What an option is to be taken for by its length, to 40, and the octets that tell its form. */
enum mpta_option_status legal_status(size_t length, uint8_t octet2, uint8_t octet3);

#endif
