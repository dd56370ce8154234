/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wireshark 4.0 to 4.6 from one source: where their interfaces differ, the names of this file stand
 * for what each version has. WS_MAJOR and WS_MINOR are those of the version built against.
 */
#ifndef WIRESHARK_COMPAT_H
#define WIRESHARK_COMPAT_H

#include <glib.h>
#include <stdbool.h>

#define WS_SINCE(major, minor) (WS_MAJOR > (major) || (WS_MAJOR == (major) && WS_MINOR >= (minor)))

/* Preferences and callbacks of user tables: bool came in 4.2 and 4.4. */
#if WS_SINCE(4, 4)
typedef bool ws_pref_bool;
#else
typedef gboolean ws_pref_bool;
#endif

#if WS_SINCE(4, 2)
typedef bool ws_uat_bool;
#else
typedef gboolean ws_uat_bool;
#endif

/* Reading an octet got the name of its type anew. */
#include <epan/tvbuff.h>
#if !WS_SINCE(4, 4)
#define tvb_get_uint8 tvb_get_guint8
#endif

/* Where a tree of statistics stands in the menu. */
#include <epan/stats_tree.h>
#ifdef STATS_TREE_MENU_SEPARATOR
#define WS_MENU_SEPARATOR STATS_TREE_MENU_SEPARATOR
#else
#define WS_MENU_SEPARATOR "/"
#endif

#endif
