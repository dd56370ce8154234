/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the process may do. A live capture needs more than a user has, until its handles are open;
 * what then reads packets that anybody may have sent needs nothing of it.
 */
#ifndef CLI_PRIVILEGES_H
#define CLI_PRIVILEGES_H

#include <stdbool.h>

/* What is still to be written under names, after the privileges are gone. */
enum privileges_needed {
    PRIVILEGES_NONE,
    PRIVILEGES_OWN_FILES,   /* files in directories of this user */
    PRIVILEGES_OTHER_FILES, /* ... and of others */
};

/*
 * Gives up all capabilities, for good, and the right to gain any by running another program. Root
 * that sudo made becomes the user who ran sudo, where no files are to be written any more; where
 * they go to directories of others, root keeps the capability for that. False after a message; then
 * the process had better end.
 */
bool privileges_drop(enum privileges_needed needed);

/* What it takes to make and rename files in an open directory. */
enum privileges_needed privileges_for(int directory);

#endif
