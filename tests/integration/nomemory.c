/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded into a program, this library lets it run once for each allocation that it makes, and
 * makes that allocation fail: the k-th alone, and in a second pass the k-th and all after it. A run
 * begins in a child process before main, so that the program is loaded only once.
 *
 * A run may end in success, with the same output as without a failure, or with one of the exit
 * codes that are allowed and a message; it may neither crash nor hang. What is wrong is printed,
 * one line a run; at the end one line says how much was tried. The exit status is 0 if all was
 * well.
 *
 * The environment's NOMEMORY_CODES are the exit codes allowed besides 0, as in "1 5".
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_SECONDS  20
#define MESSAGES_MAX 40 /* lines about what is wrong; then it is enough */

/* What a child tells its parent; shared memory. */
struct progress {
    uint64_t allocations;
};

static struct progress *progress;
static uint64_t failing; /* the allocation that fails, from 1; 0: none */
static bool for_good;    /* all after it fail, too */

/* ---- The allocator, as glibc exports it for those who come before it ------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

/* Counts one allocation; true if it is to fail. */
static bool allocation_fails(void)
{
    if (progress == NULL) {
        return false;
    }
    uint64_t number = ++progress->allocations;
    bool fails = failing > 0 && (for_good ? number >= failing : number == failing);
    if (fails) {
        errno = ENOMEM;
    }
    return fails;
}

void *malloc(size_t size)
{
    return allocation_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return allocation_fails() ? NULL : __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *found = allocation_fails() ? NULL : __libc_memalign(alignment, size);
    if (found == NULL) {
        return ENOMEM;
    }
    *block = found;
    return 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return allocation_fails() ? NULL : __libc_memalign(alignment, size);
}

/* The program may be linked with another allocator. */
void free(void *block)
{
    __libc_free(block);
}

/* A file that is mapped needs address space and page tables. */
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    if (allocation_fails()) {
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

/* ---- One run -------------------------------------------------------------------------------- */

struct output {
    int fd;
    char *octets; /* as of the run without a failure */
    size_t length;
};

struct run {
    uint64_t failing;
    bool for_good;
    int status; /* as of waitpid */
    uint64_t allocations;
};

static struct output outputs[2]; /* standard output and standard error */

/* What only the parent does: begin a child that goes on to main, and wait for it. */
static bool run_begin(struct run *run)
{
    for (int i = 0; i < 2; i++) {
        if (ftruncate(outputs[i].fd, 0) != 0 || lseek(outputs[i].fd, 0, SEEK_SET) != 0) {
            return false;
        }
    }
    progress->allocations = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(outputs[0].fd, STDOUT_FILENO);
        dup2(outputs[1].fd, STDERR_FILENO);
        alarm(RUN_SECONDS);
        progress->allocations = 0;
        failing = run->failing;
        for_good = run->for_good;
        return true; /* on to main */
    }
    if (child < 0 || waitpid(child, &run->status, 0) != child) {
        perror("nomemory");
        _exit(2);
    }
    run->allocations = progress->allocations;
    return false;
}

/* Reads what a run has printed; the caller frees it. */
static char *output_read(const struct output *output, size_t *length)
{
    off_t size = lseek(output->fd, 0, SEEK_END);
    char *octets = size < 0 ? NULL : __libc_malloc((size_t)size + 1);
    if (octets == NULL || pread(output->fd, octets, (size_t)size, 0) != (ssize_t)size) {
        perror("nomemory: what the program printed");
        _exit(2);
    }
    octets[size] = '\0';
    *length = (size_t)size;
    return octets;
}

static bool output_is_usual(const struct output *output)
{
    size_t length;
    char *octets = output_read(output, &length);
    bool same = length == output->length && memcmp(octets, output->octets, length) == 0;
    free(octets);
    return same;
}

static bool output_is_empty(const struct output *output)
{
    return lseek(output->fd, 0, SEEK_END) == 0;
}

/* Whether a word of a list of numbers is this one. */
static bool code_is_allowed(int code)
{
    const char *list = getenv("NOMEMORY_CODES");
    while (list != NULL && *list != '\0') {
        char *end;
        if (strtol(list, &end, 10) == code) {
            return true;
        }
        list = end == list ? list + 1 : end;
    }
    return false;
}

/* What is wrong with a run, or NULL. */
static const char *run_fault(const struct run *run)
{
    if (WIFSIGNALED(run->status)) {
        return WTERMSIG(run->status) == SIGALRM ? "hangs" : strsignal(WTERMSIG(run->status));
    }
    int code = WEXITSTATUS(run->status);
    if (code == 0) {
        return output_is_usual(&outputs[0]) ? NULL : "ends in success with another output";
    }
    if (!code_is_allowed(code)) {
        return "ends with an exit code that is not allowed";
    }
    return output_is_empty(&outputs[1]) ? "ends without a message" : NULL;
}

/* ---- All runs ------------------------------------------------------------------------------- */

struct totals {
    unsigned runs;
    unsigned faults;
    unsigned ended[256]; /* by exit code */
};

static void run_judge(const struct run *run, struct totals *totals)
{
    const char *fault = run_fault(run);
    totals->runs++;
    if (WIFEXITED(run->status)) {
        totals->ended[WEXITSTATUS(run->status)]++;
    }
    if (fault != NULL && totals->faults++ < MESSAGES_MAX) {
        printf("FAILED: allocation %llu%s fails: exit status %d: %s\n",
               (unsigned long long)run->failing, run->for_good ? " and all after it" : "",
               WIFEXITED(run->status) ? WEXITSTATUS(run->status) : -1, fault);
    }
}

/* All k of one pass; true in a child, which goes on to main. */
static bool pass_run(bool forever, struct totals *totals)
{
    struct run run = {.for_good = forever};
    do {
        run.failing++;
        if (run_begin(&run)) {
            return true;
        }
        run_judge(&run, totals);
    } while (run.allocations >= run.failing);
    return false;
}

static void totals_print(const struct totals *totals, uint64_t allocations)
{
    printf("%llu allocations, %u runs, %u wrong;", (unsigned long long)allocations, totals->runs,
           totals->faults);
    for (int code = 0; code < 256; code++) {
        if (totals->ended[code] > 0) {
            printf(" %u ended with %d", totals->ended[code], code);
        }
    }
    putchar('\n');
}

/* The run without a failure, which the others are compared with; true in the child. */
static bool usual_run(struct run *run)
{
    if (run_begin(run)) {
        return true;
    }
    for (int i = 0; i < 2; i++) {
        outputs[i].octets = output_read(&outputs[i], &outputs[i].length);
    }
    if (run->status != 0 || outputs[0].length == 0) {
        printf("FAILED: without a failure: status %#x, %zu octets\n%s", (unsigned)run->status,
               outputs[0].length, outputs[1].octets);
        _exit(1);
    }
    return false;
}

/* Called before main, once; the children return from it. */
__attribute__((constructor)) static void nomemory_begin(void)
{
    struct run usual = {0};
    struct totals totals = {0};
    void *shared = (void *)syscall(SYS_mmap, NULL, sizeof *progress, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    outputs[0].fd = memfd_create("output", MFD_CLOEXEC);
    outputs[1].fd = memfd_create("error", MFD_CLOEXEC);
    if (shared == MAP_FAILED || outputs[0].fd < 0 || outputs[1].fd < 0) {
        perror("nomemory");
        _exit(2);
    }
    progress = shared;
    if (usual_run(&usual) || pass_run(false, &totals) || pass_run(true, &totals)) {
        return;
    }
    totals_print(&totals, usual.allocations);
    fflush(stdout);
    _exit(totals.faults == 0 ? 0 : 1);
}
