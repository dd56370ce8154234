/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a confined process tries: files, programs, sockets. Each attempt is made in a process of its
 * own, which leaves without the usual ceremony.
 */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char place[] = "/tmp/test-sandbox-XXXXXX";
static int inside = -1;

/* ---- Attempts: true if the attempt succeeds ----------------------------------------------------
 */

static bool reads_elsewhere(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool writes_elsewhere(void)
{
    return open("/tmp/test-sandbox-escaped", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

static bool climbs_out(void)
{
    return openat(inside, "../../etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool makes_a_file(void)
{
    int fd = openat(inside, "one", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0 &&
           renameat(inside, "one", inside, "two") == 0 && unlinkat(inside, "two", 0) == 0;
}

static bool makes_a_link(void)
{
    return symlinkat("/etc", inside, "link") == 0;
}

static bool runs_a_program(void)
{
    char *const words[] = {NULL};
    execv("/bin/true", words);
    return false; /* but if it runs, it ends with 0, as a success does */
}

static bool makes_a_process(void)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return child > 0;
}

/* As vfork does, and as posix_spawn. */
static bool makes_a_process_with(unsigned long flags)
{
    long child = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (child == 0) {
        _exit(0);
    }
    return child > 0;
}

/* With each of what makes a thread but one, and with one thing more. */
static bool makes_nearly_a_thread(void)
{
    static const unsigned long flags[] = {
        CLONE_VM,     CLONE_FS,      CLONE_FILES,         CLONE_SIGHAND,        CLONE_THREAD,
        CLONE_SETTLS, CLONE_SYSVSEM, CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID, SIGCHLD,
        CLONE_VFORK,  CLONE_NEWUSER, CLONE_NEWPID,        CLONE_PTRACE,         CLONE_PARENT,
    };
    unsigned long thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                           CLONE_SETTLS | CLONE_SYSVSEM | CLONE_PARENT_SETTID |
                           CLONE_CHILD_CLEARTID;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (makes_a_process_with(thread ^ flags[i]) || errno != EPERM) {
            return true;
        }
    }
    return makes_a_process_with(SIGCHLD) || makes_a_process_with(CLONE_NEWUSER | SIGCHLD);
}

/* clone3() can be told apart by nothing but its memory, and so is not there. */
static bool makes_a_process_by_other_means(void)
{
    uint64_t words[8] = {0, 0, 0, 0, SIGCHLD}; /* struct clone_args */
    long child = syscall(SYS_clone3, words, sizeof words);
    if (child == 0) {
        _exit(0);
    }
    return child > 0 || errno != ENOSYS;
}

static void *thread_answer(void *context)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? context : NULL;
}

/* ... which is confined as well. */
static bool makes_a_thread(void)
{
    pthread_t thread;
    void *answer = NULL;
    return pthread_create(&thread, NULL, thread_answer, &inside) == 0 &&
           pthread_join(thread, &answer) == 0 && answer == &inside;
}

static bool has_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

/* The socket was made before: see attempt_make. */
static bool binds(void)
{
    const struct sockaddr_in anywhere = {.sin_family = AF_INET};
    return bind(8, (const struct sockaddr *)&anywhere, sizeof anywhere) == 0;
}

static bool traces(void)
{
    return syscall(SYS_ptrace, 0, 0, NULL, NULL) == 0;
}

static bool goes_on_with_what_is_open(void)
{
    char octet;
    int pipes[2] = {3, 4}; /* made before: see attempt_make */
    void *memory = malloc(1 << 24);
    bool done = memory != NULL && write(pipes[1], "x", 1) == 1 && read(pipes[0], &octet, 1) == 1;
    free(memory);
    return done;
}

struct attempt {
    const char *words;
    bool (*make)(void);
    enum { NOWHERE, INSIDE, SCREEN, INTERFACES } names;
    bool succeeds;
    bool by_landlock; /* what denies it is Landlock */
};

static const struct attempt attempts[] = {
    {"what is open goes on",             goes_on_with_what_is_open,      NOWHERE,    true,  false},
    {"no name: reading",                 reads_elsewhere,                NOWHERE,    false, false},
    {"no name: writing",                 writes_elsewhere,               NOWHERE,    false, false},
    {"no name: a file in a directory",   makes_a_file,                   NOWHERE,    false, false},
    {"one directory: a file there",      makes_a_file,                   INSIDE,     true,  false},
    {"one directory: a link there",      makes_a_link,                   INSIDE,     false, false},
    {"one directory: reading elsewhere", reads_elsewhere,                INSIDE,     false, true },
    {"one directory: writing elsewhere", writes_elsewhere,               INSIDE,     false, true },
    {"one directory: out of it",         climbs_out,                     INSIDE,     false, true },
    {"a screen: reading",                reads_elsewhere,                SCREEN,     true,  false},
    {"a screen: a program",              runs_a_program,                 SCREEN,     false, false},
    {"a program",                        runs_a_program,                 INSIDE,     false, false},
    {"a process",                        makes_a_process,                SCREEN,     false, false},
    {"a process, nearly a thread",       makes_nearly_a_thread,          SCREEN,     false, false},
    {"a process, by other means",        makes_a_process_by_other_means, SCREEN,     false, false},
    {"a thread",                         makes_a_thread,                 NOWHERE,    true,  false},
    {"a socket",                         has_a_socket,                   SCREEN,     false, false},
    {"tracing",                          traces,                         SCREEN,     false, false},
    {"a socket that is there, bound",    binds,                          SCREEN,     false, false},
    {"the same, with interfaces",        binds,                          INTERFACES, true,  false},
    {"interfaces: a socket",             has_a_socket,                   INTERFACES, false, false},
};

static bool kernel_has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static bool kernel_has_seccomp(void)
{
    return access("/proc/sys/kernel/seccomp/actions_avail", R_OK) == 0;
}

/* In a child: leaves with 0 if the attempt succeeds, with 2 if there was no sandbox to try. */
static void attempt_make(const struct attempt *attempt)
{
    struct sandbox sandbox;
    int pipes[2];
    dup2(inside, 9);
    inside = 9;
    for (int fd = 3; fd < 9; fd++) {
        close(fd);
    }
    bool ready = pipe(pipes) == 0 && pipes[0] == 3 && pipes[1] == 4 &&
                 dup2(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), 8) == 8;
    sandbox_begin(&sandbox);
    if (attempt->names == INSIDE) {
        sandbox_allow(&sandbox, inside, SANDBOX_FILES);
    } else if (attempt->names == SCREEN) {
        sandbox_allow_screen(&sandbox);
    } else if (attempt->names == INTERFACES) {
        sandbox_allow_interfaces(&sandbox);
    }
    if (!ready || !sandbox_enter(&sandbox)) {
        _exit(2);
    }
    _exit(attempt->make() ? 0 : 1);
}

static int attempt_status(const struct attempt *attempt)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        attempt_make(attempt);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void what_a_confined_process_tries(void **state)
{
    size_t wrong = 0;
    (void)state;
    if (!kernel_has_seccomp()) {
        skip();
    }
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        const struct attempt *attempt = &attempts[i];
        if (attempt->by_landlock && !kernel_has_landlock()) {
            continue;
        }
        int status = attempt_status(attempt);
        if (status != (attempt->succeeds ? 0 : 1)) {
            print_error("%s: status %d\n", attempt->words, status);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static int place_make(void **state)
{
    (void)state;
    inside = mkdtemp(place) != NULL ? open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    return inside >= 0 ? 0 : -1;
}

static int place_remove(void **state)
{
    (void)state;
    close(inside);
    unlink("/tmp/test-sandbox-escaped");
    return rmdir(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_confined_process_tries),
    };
    return cmocka_run_group_tests(tests, place_make, place_remove);
}
