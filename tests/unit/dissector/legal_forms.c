/* SPDX-License-Identifier: BSD-3-Clause */
/* The table, as the RFCs have it: nothing here looks at how the decoders do it. */
#include "tests/unit/dissector/legal_forms.h"

#define BIT(length)  (UINT64_C(1) << (length))
#define FROM_3_TO_40 (BIT(41) - BIT(3))

/* Legal lengths of subtypes that need no more than their subtype to tell, as bits. */
static const uint64_t lengths_of_subtype[16] = {
    [1] = BIT(12) | BIT(16) | BIT(24),
    [3] = BIT(8) | BIT(10) | BIT(16) | BIT(18) | BIT(20) | BIT(22) | BIT(28) | BIT(30),
    [4] = FROM_3_TO_40 & ~BIT(3),
    [5] = BIT(3) | BIT(4),
    [6] = BIT(12),
    [7] = BIT(12),
    [8] = BIT(4),
    [9] = FROM_3_TO_40,
    [10] = FROM_3_TO_40,
    [11] = FROM_3_TO_40,
    [12] = FROM_3_TO_40,
    [13] = FROM_3_TO_40,
    [14] = FROM_3_TO_40,
    [15] = FROM_3_TO_40,
};

static const uint64_t capable_lengths_v0 = BIT(12) | BIT(20);
static const uint64_t capable_lengths_v1 = BIT(4) | BIT(12) | BIT(20) | BIT(22) | BIT(24);

/* Legal lengths of a DSS by its flags m, M, a, A. */
static const uint64_t dss_lengths[16] = {
    [0x0] = BIT(4),            /* nothing */
    [0x1] = BIT(8),            /* DATA_ACK of 4 */
    [0x2] = BIT(4),            /* a, but no A */
    [0x3] = BIT(12),           /* DATA_ACK of 8 */
    [0x4] = BIT(14) | BIT(16), /* mapping with DSN of 4, checksum or not */
    [0x5] = BIT(18) | BIT(20), /* both of 4 */
    [0x6] = BIT(14) | BIT(16), /* a, but no A */
    [0x7] = BIT(22) | BIT(24), /* 8 and 4 */
    [0x8] = BIT(4),            /* m, but no M */
    [0x9] = BIT(8),            /* m, but no M */
    [0xa] = BIT(4),            /* neither */
    [0xb] = BIT(12),           /* m, but no M */
    [0xc] = BIT(18) | BIT(20), /* mapping with DSN of 8 */
    [0xd] = BIT(22) | BIT(24), /* 4 and 8 */
    [0xe] = BIT(18) | BIT(20), /* a, but no A */
    [0xf] = BIT(26) | BIT(28), /* both of 8 */
};

static uint64_t dss_lengths_of_any_flags(void)
{
    uint64_t lengths = 0;
    for (size_t i = 0; i < 16; i++) {
        lengths |= dss_lengths[i];
    }
    return lengths;
}

/* What the tables say: legal here, legal elsewhere, or nowhere. */
static enum mpta_option_status verdict(uint64_t here, uint64_t elsewhere, size_t length,
                                       enum mpta_option_status reason)
{
    if (here & BIT(length)) {
        return MPTA_OPTION_OK;
    }
    return elsewhere & BIT(length) ? reason : MPTA_OPTION_LENGTH;
}

enum mpta_option_status legal_status(size_t length, uint8_t octet2, uint8_t octet3)
{
    unsigned subtype = octet2 >> 4, version = octet2 & 0xf;
    switch (subtype) {
    case 0:
        return verdict(version == 0 ? capable_lengths_v0 : capable_lengths_v1, capable_lengths_v1,
                       length, MPTA_OPTION_LENGTH_VERSION);
    case 2:
        return verdict(dss_lengths[octet3 & 0xf], dss_lengths_of_any_flags(), length,
                       MPTA_OPTION_LENGTH_FLAGS);
    default:
        return verdict(lengths_of_subtype[subtype], 0, length, MPTA_OPTION_LENGTH);
    }
}
