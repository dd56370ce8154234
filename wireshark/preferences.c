/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing a preference lets Wireshark read the file anew, so that nothing has to follow it. */
#include "wireshark/preferences.h"

#include <epan/prefs.h>

#include "wireshark/compat.h"
#include "wireshark/keys.h"

static ws_pref_bool reassemble = 1;

bool preferences_reassemble(void)
{
    return reassemble;
}

void preferences_register(int protocol)
{
    module_t *module = prefs_register_protocol(protocol, NULL);
    prefs_register_bool_preference(
        module, "reassemble", "Reassemble the data streams of connections over all their subflows",
        "Whether payload is handed to the dissectors of HTTP, TLS and others in the order of the "
        "data stream, put together from all subflows, instead of subflow by subflow",
        &reassemble);
    keys_register(module);
}
