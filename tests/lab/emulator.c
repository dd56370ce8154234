/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path emulator: moves IP packets between the TUN devices of two network namespaces, and does
 * to them on the way what the paths' links, rules and translators say. It also captures both ends:
 * a packet is on the sender's capture as the host sent it, and on the receiver's as it arrived, if
 * it did. Only TCP crosses; what else a host utters on its interfaces is no part of the lab.
 *
 * Directives come on standard input: first the description, then the word "start", answered by
 * "ready"; further ones are answered by "ok". At the end of input (or after the lifetime, should
 * the orchestrator hang) it prints its counts as JSON and exits.
 */
#include "tests/lab/emulator.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/tun.h"

enum { LIFETIME_SECONDS = 600, PACKET_MAX = 65536, NS_PER_SECOND = 1000000000 };

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void emulator_trace(struct emulator *emulator, unsigned side, unsigned path,
                           const uint8_t *octets, size_t length)
{
    trace_add_packet(&emulator->traces[side], path, clock_ns(CLOCK_REALTIME), octets, length);
}

/* ---- The road of one packet ----------------------------------------------------------------- */

/* Applies all rules; false if one drops the segment. */
static bool emulator_meddle(struct emulator *emulator, struct rule_facts *facts,
                            struct packet_view *view, bool *changed)
{
    struct flow *flow =
        flow_note(&emulator->flows, &view->segment, facts->direction, &facts->stages);

    if (flow == NULL)
        return false;
    facts->flow_octets = flow->payload_octets;
    flow->payload_octets += view->segment.payload_len;
    for (unsigned i = 0; i < emulator->rule_count; i++)
        if (!rule_apply(&emulator->rules[i], facts, view, changed))
            return false;
    return true;
}

/*
 * Rules see the addresses of the inside: they come before the translation of what leaves, and
 * after that of what returns. False if the segment goes no further.
 */
static bool path_process(struct emulator *emulator, unsigned index, enum direction direction,
                         struct packet_view *view)
{
    struct path *path = &emulator->paths[index];
    struct rule_facts facts = {.path = index, .direction = direction};
    bool translating = path->nat.outside.family != 0;
    bool changed = translating;

    if (translating && direction == S2C && !nat_return(&path->nat, view)) {
        path->counts[direction][COUNT_UNTRANSLATED]++;
        return false;
    }
    if (!emulator_meddle(emulator, &facts, view, &changed)) {
        path->counts[direction][COUNT_DROPPED_BY_RULE]++;
        return false;
    }
    if (translating && direction == C2S && !nat_leave(&path->nat, view)) {
        path->counts[direction][COUNT_UNTRANSLATED]++;
        return false;
    }
    if (changed)
        packet_mend_checksums(view);
    return true;
}

static bool emulator_enqueue(struct emulator *emulator, unsigned index, enum direction direction,
                             int64_t due_ns, const struct packet_view *view)
{
    struct packet *packet = malloc(sizeof *packet + view->length);

    if (packet == NULL)
        return false;
    packet->due_ns = due_ns;
    packet->path = index;
    packet->direction = direction;
    packet->length = view->length;
    memcpy(packet->octets, view->octets, view->length);
    if (queue_push(&emulator->queue, packet))
        return true;
    free(packet);
    return false;
}

/* Takes one packet that a host sent, as far as into the queue. */
static void emulator_accept(struct emulator *emulator, unsigned index, enum direction direction,
                            uint8_t *octets, size_t length)
{
    struct path *path = &emulator->paths[index];
    struct packet_view view;

    if (!packet_view_open(&view, octets, length))
        return;
    path->counts[direction][COUNT_ENTERED]++;
    path->counts[direction][COUNT_PAYLOAD_OCTETS] += view.segment.payload_len;
    emulator_trace(emulator, direction, index, octets, length);
    if (!path_process(emulator, index, direction, &view))
        return;
    int64_t due_ns = link_carry(&path->link[direction], clock_ns(CLOCK_MONOTONIC), length);
    if (due_ns < 0 || !emulator_enqueue(emulator, index, direction, due_ns, &view))
        path->counts[direction][COUNT_LOST]++;
}

/* Hands over what is due. It is captured first: the host may answer while we write. */
static void emulator_deliver(struct emulator *emulator)
{
    while (queue_next_ns(&emulator->queue) <= clock_ns(CLOCK_MONOTONIC)) {
        struct packet *packet = queue_pop(&emulator->queue);
        struct path *path = &emulator->paths[packet->path];
        unsigned receiver = !packet->direction;

        emulator_trace(emulator, receiver, packet->path, packet->octets, packet->length);
        if (write(path->fd[receiver], packet->octets, packet->length) > 0)
            path->counts[packet->direction][COUNT_ARRIVED]++;
        free(packet);
    }
}

static void emulator_drain(struct emulator *emulator, unsigned index, enum direction side)
{
    static uint8_t octets[PACKET_MAX];
    ssize_t length;

    while ((length = read(emulator->paths[index].fd[side], octets, sizeof octets)) > 0) {
        emulator_accept(emulator, index, side, octets, (size_t)length);
        emulator_deliver(emulator);
    }
}

/* ---- Start and end -------------------------------------------------------------------------- */

static bool emulator_open_path(struct path *path)
{
    for (unsigned s = 0; s < SIDES; s++) {
        path->fd[s] = tun_open(path->namespace[s], path -> device[s]);
        if (path->fd[s] >= 0)
            continue;
        fprintf(stderr, "emulator: device %s in namespace %s: %s\n", path->device[s],
                path->namespace[s], strerror(errno));
        return false;
    }
    return true;
}

static bool emulator_open_trace(struct emulator *emulator, unsigned side)
{
    if (!trace_open(&emulator->traces[side], emulator->capture[side], emulator->capture_batch)) {
        fprintf(stderr, "emulator: %s: %s\n", emulator->capture[side], strerror(errno));
        return false;
    }
    for (unsigned i = 0; i < emulator->path_count; i++)
        trace_add_interface(&emulator->traces[side], emulator->paths[i].name,
                            emulator->paths[i].trace_link);
    return true;
}

static bool emulator_start(struct emulator *emulator)
{
    for (unsigned i = 0; i < emulator->path_count; i++)
        if (!emulator_open_path(&emulator->paths[i]))
            return false;
    emulator->started = emulator_open_trace(emulator, C2S) && emulator_open_trace(emulator, S2C);
    return emulator->started;
}

static void print_counts(const uint64_t counts[PATH_COUNTS])
{
    static const char *const names[PATH_COUNTS] = {
        [COUNT_ENTERED] = "entered",
        [COUNT_PAYLOAD_OCTETS] = "payload_octets",
        [COUNT_DROPPED_BY_RULE] = "dropped_by_rule",
        [COUNT_UNTRANSLATED] = "untranslated",
        [COUNT_LOST] = "lost",
        [COUNT_ARRIVED] = "arrived",
    };

    for (unsigned i = 0; i < PATH_COUNTS; i++)
        printf("%s\"%s\": %llu", i == 0 ? "" : ", ", names[i], (unsigned long long)counts[i]);
}

static void path_print_counts(const struct path *path)
{
    printf("\"%s\": {\"c2s\": {", path->name);
    print_counts(path->counts[C2S]);
    printf("}, \"s2c\": {");
    print_counts(path->counts[S2C]);
    printf("}}");
}

static void emulator_print_counts(const struct emulator *emulator)
{
    printf("{\"paths\": {");
    for (unsigned i = 0; i < emulator->path_count; i++) {
        printf("%s", i == 0 ? "" : ", ");
        path_print_counts(&emulator->paths[i]);
    }
    printf("}, \"rules\": [");
    for (unsigned i = 0; i < emulator->rule_count; i++)
        printf("%s%u", i == 0 ? "" : ", ", emulator->rules[i].acted);
    printf("]}\n");
}

static bool emulator_finish(struct emulator *emulator)
{
    bool written = true;

    for (unsigned s = 0; s < SIDES && emulator->started; s++)
        written &= trace_close(&emulator->traces[s]);
    if (!written)
        fprintf(stderr, "emulator: a capture could not be written whole\n");
    emulator_print_counts(emulator);
    queue_free(&emulator->queue);
    flow_table_free(&emulator->flows);
    return written;
}

/* ---- Directives ----------------------------------------------------------------------------- */

/* Carries out a line; false on an error, which has been told. */
static bool emulator_obey(struct emulator *emulator, char *line)
{
    const char *wrong;

    if (strcmp(line, "start\n") == 0 && !emulator->started) {
        if (!emulator_start(emulator))
            return false;
        puts("ready");
    } else if ((wrong = emulator_direct(emulator, line)) != NULL) {
        fprintf(stderr, "emulator: directive refused: %s\n", wrong);
        return false;
    } else if (emulator->started) {
        puts("ok");
    }
    fflush(stdout);
    return true;
}

/*
 * Reads the lines that are there. Standard input is read without a buffer of stdio's, so that poll
 * and the reader agree about what is left. False at the end of input or on an error.
 */
static bool emulator_listen(struct emulator *emulator, bool *failed)
{
    static char line[1024];
    static size_t length;
    ssize_t got = read(STDIN_FILENO, line + length, 1);

    if (got <= 0 || length + 2 == sizeof line)
        return false;
    if (line[length++] != '\n')
        return true;
    line[length] = '\0';
    length = 0;
    *failed = !emulator_obey(emulator, line);
    return !*failed;
}

/* ---- The loop ------------------------------------------------------------------------------- */

static struct timespec ns_to_timespec(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND};
}

/* Waits for a directive, a packet, the next arrival or the end of the lifetime. */
static void emulator_wait(const struct emulator *emulator, struct pollfd *fds, int64_t end_ns)
{
    nfds_t count = 1 + (emulator->started ? emulator->path_count * SIDES : 0);
    int64_t next_ns = queue_next_ns(&emulator->queue);
    int64_t wait_ns = (next_ns < end_ns ? next_ns : end_ns) - clock_ns(CLOCK_MONOTONIC);
    struct timespec timeout = ns_to_timespec(wait_ns > 0 ? wait_ns : 0);

    fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    for (nfds_t i = 1; i < count; i++)
        fds[i] = (struct pollfd){.fd = emulator->paths[(i - 1) / SIDES].fd[(i - 1) % SIDES],
                                 .events = POLLIN};
    for (nfds_t i = count; i < 1 + PATHS_MAX * SIDES; i++)
        fds[i] = (struct pollfd){.fd = -1};
    ppoll(fds, count, &timeout, NULL);
}

static bool emulator_run(struct emulator *emulator)
{
    struct pollfd fds[1 + PATHS_MAX * SIDES];
    int64_t end_ns = clock_ns(CLOCK_MONOTONIC) + (int64_t)LIFETIME_SECONDS * NS_PER_SECOND;
    bool failed = false;

    while (clock_ns(CLOCK_MONOTONIC) < end_ns) {
        emulator_wait(emulator, fds, end_ns);
        emulator_deliver(emulator);
        for (unsigned i = 0; i < PATHS_MAX * SIDES; i++)
            if (fds[1 + i].revents != 0)
                emulator_drain(emulator, i / SIDES, i % SIDES);
        if (fds[0].revents != 0 && !emulator_listen(emulator, &failed))
            break;
    }
    return !failed;
}

int main(void)
{
    static struct emulator emulator;
    bool ran = emulator_run(&emulator);

    return emulator_finish(&emulator) && ran ? EXIT_SUCCESS : EXIT_FAILURE;
}
