/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two fences. Landlock keeps what is done under names to the directories of outputs. Seccomp leaves
 * only the system calls that reading, waiting and writing take: neither programs nor sockets can be
 * had, nor names where no output has any. A call that is not listed fails; it does not kill, for a
 * newer C library may try a newer call first and be content with an older one.
 */
#include "cli/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
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

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

/* clang-format off */
static const unsigned calls_always[] = {
    SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_pwrite64, SYS_lseek, SYS_close,
    SYS_fstat, SYS_newfstatat, SYS_statx, SYS_fcntl, SYS_ftruncate, SYS_fsync, SYS_fadvise64,
    SYS_dup, SYS_dup3, SYS_ioctl, SYS_ppoll, SYS_pselect6, SYS_epoll_pwait, SYS_epoll_ctl, SYS_recvfrom,
    SYS_recvmsg, SYS_sendto, SYS_sendmsg, SYS_getsockopt, SYS_setsockopt, SYS_getsockname,
    SYS_shutdown, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk, SYS_futex,
    SYS_sched_yield, SYS_membarrier, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_restart_syscall, SYS_clock_gettime,
    SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrandom, SYS_getpid, SYS_gettid,
    SYS_getuid, SYS_geteuid, SYS_tgkill, SYS_sysinfo, SYS_getrusage, SYS_exit, SYS_exit_group,
    SYS_set_robust_list, SYS_sched_getaffinity,
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_poll
    SYS_poll, SYS_select, SYS_epoll_wait, SYS_dup2,
#endif
};

/* To stop itself, as a screen does when its user asks for the shell; and to wait for its terminal no
 * longer than it may. */
static const unsigned calls_of_screens[] = {SYS_kill, SYS_setitimer};

/* To capture from an interface that is made anew. */
static const unsigned calls_of_interfaces[] = {SYS_bind};

/* Under names. */
static const unsigned calls_of_names[] = {
    SYS_openat, SYS_renameat2, SYS_unlinkat,
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef SYS_rmdir
    SYS_rmdir,
#endif
};
/* clang-format on */

/* What a thread is begun with; musl adds a flag that means nothing since Linux 2.6.2. */
#define THREAD_FLAGS                                                                               \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |            \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

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

void sandbox_allow_screen(struct sandbox *sandbox)
{
    sandbox->names = sandbox->screen = true;
}

void sandbox_allow_interfaces(struct sandbox *sandbox)
{
    sandbox->interfaces = true;
}

static bool rules_enforce(struct sandbox *sandbox)
{
    bool wanted = sandbox->rules >= 0 && !sandbox->screen;
    bool done = !wanted || syscall(SYS_landlock_restrict_self, sandbox->rules, 0) == 0;
    if (sandbox->rules >= 0) {
        close(sandbox->rules);
    }
    sandbox->rules = -1;
    return done;
}

/* ---- Seccomp -------------------------------------------------------------------------------- */

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Without the library for such filters, which crashes where memory is short. */
struct program {
    struct sock_filter steps[2 * (COUNT_OF(calls_always) + COUNT_OF(calls_of_names) +
                                  COUNT_OF(calls_of_screens) + COUNT_OF(calls_of_interfaces)) +
                             16];
    unsigned short count;
};

static void program_add(struct program *program, struct sock_filter step)
{
    program->steps[program->count++] = step;
}

static void program_load(struct program *program, size_t offset)
{
    program_add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

/* Ends with `verdict` where what was loaded is this value, or where it is not. */
static void program_judge(struct program *program, unsigned value, bool equal, unsigned verdict)
{
    program_add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value,
                                                      equal ? 0 : 1, equal ? 1 : 0));
    program_add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

static void program_allow(struct program *program, const unsigned *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        program_judge(program, calls[i], true, SECCOMP_RET_ALLOW);
    }
}

/*
 * Ends the program: threads may be begun, and nothing else that is not allowed by now. Of clone()
 * the flags are all in its first argument, of which no more than the lower half counts. Those of
 * clone3() lie in memory, where a filter cannot look: the C library is told that there is no such
 * call, and makes do with clone().
 */
static void program_end(struct program *program)
{
#ifdef SYS_clone3
    program_judge(program, SYS_clone3, true, SECCOMP_RET_ERRNO | ENOSYS);
#endif
    program_judge(program, SYS_clone, false, SECCOMP_RET_ERRNO | EPERM);
    program_load(program, offsetof(struct seccomp_data, args));
    program_judge(program, THREAD_FLAGS, true, SECCOMP_RET_ALLOW);
    program_judge(program, THREAD_FLAGS | CLONE_DETACHED, true, SECCOMP_RET_ALLOW);
    program_add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

/* A kernel without seccomp refuses the filter as an argument that it does not know. */
static bool calls_restrict(const struct sandbox *sandbox)
{
#ifdef ARCHITECTURE
    struct program program = {.count = 0};
    program_load(&program, offsetof(struct seccomp_data, arch));
    program_judge(&program, ARCHITECTURE, false, SECCOMP_RET_ERRNO | EPERM);
    program_load(&program, offsetof(struct seccomp_data, nr));
    program_allow(&program, calls_always, COUNT_OF(calls_always));
    if (sandbox->names) {
        program_allow(&program, calls_of_names, COUNT_OF(calls_of_names));
    }
    if (sandbox->screen) {
        program_allow(&program, calls_of_screens, COUNT_OF(calls_of_screens));
    }
    if (sandbox->interfaces) {
        program_allow(&program, calls_of_interfaces, COUNT_OF(calls_of_interfaces));
    }
    program_end(&program);
    const struct sock_fprog filter = {program.count, program.steps};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 || errno == EINVAL ||
           errno == ENOSYS;
#else
    (void)sandbox;
    return true;
#endif
}

bool sandbox_enter(struct sandbox *sandbox)
{
    errno = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && !sandbox->failed && rules_enforce(sandbox) &&
        calls_restrict(sandbox)) {
        return true;
    }
    message_print("the process cannot be confined%s%s", errno != 0 ? ": " : "",
                  errno != 0 ? strerror(errno) : "");
    return false;
}
