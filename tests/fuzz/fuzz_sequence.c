/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data sequence space beside its model: the input decides what two hosts send over several
 * subflows, how it is mapped, what is sent again, lost, late, cut or changed. The hosts do nothing
 * wrong, so all counts and all octets must agree, and no host may be accused.
 */
#include "tests/fuzz/require.h"
#include "tests/unit/analyzer/model.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An assertion that fails is to end the process. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    require(setenv("CMOCKA_TEST_ABORT", "1", 1) == 0);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model_totals totals = {0};
    if (size > 0) {
        model_run_script(data + 1, size - 1, data[0] & 1, &totals);
    }
    return 0;
}
