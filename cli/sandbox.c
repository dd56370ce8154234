/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two fences. Landlock keeps what is done under names to the directories of outputs. Seccomp leaves
 * only the system calls that reading, waiting and writing take: neither programs nor sockets can be
 * had, nor names where no output has any. A call that is not listed fails; it does not kill, for a
 * newer C library may try a newer call first and be content with an older one.
 */
#include "cli/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/message.h"

#define FILE_RIGHTS                                                                                \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |  \
     LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* All that the first version of Landlock can deny. */
#define ALL_RIGHTS                                                                                 \
    (FILE_RIGHTS | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_DIR |                      \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |  \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
     LANDLOCK_ACCESS_FS_MAKE_SYM)

/* clang-format off */
static const int calls_always[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
    SCMP_SYS(statx), SCMP_SYS(fcntl), SCMP_SYS(ftruncate), SCMP_SYS(fsync), SCMP_SYS(fadvise64),
    SCMP_SYS(dup), SCMP_SYS(ioctl), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pselect6),
    SCMP_SYS(select), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl),
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(shutdown),
    SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise),
    SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(membarrier),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(tgkill), SCMP_SYS(sysinfo), SCMP_SYS(getrusage),
    SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* Under names. */
static const int calls_of_names[] = {
    SCMP_SYS(openat), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlinkat),
    SCMP_SYS(rmdir),
};
/* clang-format on */

/* ---- Landlock ------------------------------------------------------------------------------- */

void sandbox_begin(struct sandbox *sandbox)
{
    const struct landlock_ruleset_attr all = {.handled_access_fs = ALL_RIGHTS};
    *sandbox = (struct sandbox){
        .rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0),
    };
}

void sandbox_allow(struct sandbox *sandbox, int directory, unsigned freedoms)
{
    const struct landlock_path_beneath_attr rule = {
        .parent_fd = directory,
        .allowed_access = (freedoms & SANDBOX_FILES ? FILE_RIGHTS : 0) |
                          (freedoms & SANDBOX_DIRECTORIES ? LANDLOCK_ACCESS_FS_REMOVE_DIR : 0),
    };
    sandbox->names = true;
    if (sandbox->rules >= 0 &&
        syscall(SYS_landlock_add_rule, sandbox->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        sandbox->failed = true;
    }
}

void sandbox_allow_any(struct sandbox *sandbox)
{
    sandbox->names = sandbox->any_name = true;
}

static bool rules_enforce(struct sandbox *sandbox)
{
    bool wanted = sandbox->rules >= 0 && !sandbox->any_name;
    bool done = !wanted || syscall(SYS_landlock_restrict_self, sandbox->rules, 0) == 0;
    if (sandbox->rules >= 0) {
        close(sandbox->rules);
    }
    sandbox->rules = -1;
    return done;
}

/* ---- Seccomp -------------------------------------------------------------------------------- */

static bool calls_allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) < 0) {
            return false;
        }
    }
    return true;
}

/* A kernel without seccomp refuses the filter as an argument that it does not know. */
static bool filter_load(scmp_filter_ctx filter)
{
    int error = -seccomp_load(filter);
    errno = error;
    return error == 0 || error == EINVAL || error == ENOSYS || error == ECANCELED;
}

static bool calls_restrict(bool names)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool done = filter != NULL &&
                calls_allow(filter, calls_always, sizeof calls_always / sizeof calls_always[0]) &&
                (!names || calls_allow(filter, calls_of_names,
                                       sizeof calls_of_names / sizeof calls_of_names[0])) &&
                filter_load(filter);
    if (filter != NULL) {
        seccomp_release(filter);
    }
    return done;
}

bool sandbox_enter(struct sandbox *sandbox)
{
    errno = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && !sandbox->failed && rules_enforce(sandbox) &&
        calls_restrict(sandbox->names)) {
        return true;
    }
    message_print("the process cannot be confined%s%s", errno != 0 ? ": " : "",
                  errno != 0 ? strerror(errno) : "");
    return false;
}
