/* SPDX-License-Identifier: BSD-3-Clause */
/* Users and groups, then capabilities (libcap-ng), then no_new_privs: each needs those behind it.
 */
#include "cli/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"

/* A number above 0 in an environment variable, as sudo sets them. */
static bool environment_id(const char *name, unsigned *id)
{
    const char *text = getenv(name);
    char *end;
    errno = 0;
    unsigned long value = text != NULL ? strtoul(text, &end, 10) : 0;
    *id = (unsigned)value;
    return value > 0 && errno == 0 && *end == '\0' && value < UINT32_MAX;
}

/* Becomes the user behind sudo, if there is one. False where that fails. */
static bool user_return(void)
{
    unsigned user;
    unsigned group;
    if (geteuid() != 0 || !environment_id("SUDO_UID", &user) ||
        !environment_id("SUDO_GID", &group)) {
        return true;
    }
    return setgroups(0, NULL) == 0 && setresgid(group, group, group) == 0 &&
           setresuid(user, user, user) == 0;
}

static bool capabilities_drop(bool keep_files)
{
    bool had =
        capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE);
    capng_clear(CAPNG_SELECT_CAPS);
    if (keep_files && had) {
        capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                     CAP_DAC_OVERRIDE);
    }
    return capng_apply(CAPNG_SELECT_CAPS) == 0;
}

bool privileges_drop(enum privileges_needed needed)
{
    errno = 0;
    if ((needed == PRIVILEGES_NONE && !user_return()) ||
        !capabilities_drop(needed == PRIVILEGES_OTHER_FILES) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        message_print("privileges cannot be given up%s%s; run the program as another user",
                      errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
        return false;
    }
    return true;
}

enum privileges_needed privileges_for(int directory)
{
    struct stat found;
    bool own = fstat(directory, &found) == 0 && found.st_uid == geteuid() &&
               (found.st_mode & (S_IWUSR | S_IXUSR)) == (S_IWUSR | S_IXUSR);
    return own ? PRIVILEGES_OWN_FILES : PRIVILEGES_OTHER_FILES;
}
