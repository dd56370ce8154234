/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin as Wireshark knows it: what it exports, and in which order its parts are registered.
 * What MPTCP means is the tracker's business; what is shown where is that of the other files.
 */
#include "wireshark/plugin.h"

#include <epan/packet.h>

#include "wireshark/expert.h"
#include "wireshark/preferences.h"
#include "wireshark/reassembly.h"
#include "wireshark/session.h"
#include "wireshark/taps.h"
#include "wireshark/tree.h"
#include "wireshark/wrap_tcp.h"

#define EXPORTED __attribute__((visibility("default")))

EXPORTED extern const char plugin_version[];
EXPORTED extern const int plugin_want_major;
EXPORTED extern const int plugin_want_minor;
EXPORTED void plugin_register(void);
EXPORTED uint32_t plugin_describe(void);

const char plugin_version[] = MPTA_VERSION;
const int plugin_want_major = WS_MAJOR;
const int plugin_want_minor = WS_MINOR;

/* Since 4.4: a plugin that dissects. */
uint32_t plugin_describe(void)
{
    return 1;
}

static int protocol = -1;

int plugin_protocol(void)
{
    return protocol;
}

bool plugin_is_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(protocol));
}

static void register_protocol(void)
{
    protocol = proto_register_protocol("Multipath TCP Analysis", "MPTCPA", "mptcpa");
    tree_register(protocol);
    expert_register(protocol);
    preferences_register(protocol);
    session_register();
    reassembly_register(protocol);
    taps_register(protocol);
    wrap_tcp_register();
}

static void hand_off(void)
{
    wrap_tcp_hand_off();
}

void plugin_register(void)
{
    static const proto_plugin plugin = {
        .register_protoinfo = register_protocol,
        .register_handoff = hand_off,
    };
    proto_register_plugin(&plugin);
}
