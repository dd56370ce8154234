/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames from capture files or from a live capture, one after the other in the order of time. This
 * is the only door by which packets come in; what is behind it (formats, compression, merging,
 * filters, rings of the kernel) is nobody else's business.
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Link types that a capture is most likely to have; any other LINKTYPE_ number may occur too. */
enum { LINK_TYPE_NULL = 0, LINK_TYPE_ETHERNET = 1, LINK_TYPE_RAW = 101 };

/* One captured frame; octets are borrowed until the next call of source_next. */
struct frame {
    uint64_t number;    /* from 1, in the order of its own file */
    int64_t time_ns;    /* since 1970-01-01 UTC; 0 where unknown */
    bool time_known;    /* false in simple packet blocks of pcapng before any time was stated */
    uint32_t capture;   /* index of its input among those opened, as on the command line */
    uint32_t point;     /* inputs of which each goes on where another one ended have one number */
    uint32_t interface; /* index within its capture, over all sections of a pcapng */
    uint32_t link_type;
    size_t captured;
    size_t wire_len; /* never less than captured */
    const uint8_t *octets;
};

/* Whether a live interface gives packets. */
enum live_state {
    LIVE_UP,
    LIVE_DOWN, /* they will come when it is up again */
    LIVE_GONE, /* they will come if it is made anew, and others are left until then */
};

struct capture_interface {
    char *name; /* if_name, or "" without one; raw octets of the file, to be escaped on output */
    uint32_t link_type;
    uint32_t snap_len; /* at which its packets are cut; 0: not known, or no limit */
    uint64_t packets;  /* read from it, before the filter: what the merge reads ahead counts */
    bool counted;      /* the next three are known: */
    uint64_t received; /* by the capturing machine */
    uint64_t drops;    /* by its kernel, for want of room */
    uint64_t interface_drops; /* by its hardware or driver */
    enum live_state state;
    uint64_t ring_octets;  /* that the kernel keeps of its packets until they are read; 0: a file */
    unsigned ring_version; /* of TPACKET; 0: not known */
};

/* What is known of one input; grows while it is read. Owned by the source. */
struct capture {
    char *name; /* as given on the command line; "-" for standard input */
    enum capture_format { CAPTURE_PCAP, CAPTURE_PCAPNG, CAPTURE_LIVE } format;
    struct capture_interface *interfaces;
    size_t interface_count;
    uint64_t packets;      /* frames handed out: those that passed the filter */
    uint64_t bytes;        /* sum of their wire_len */
    uint64_t filtered;     /* frames that the filter turned away */
    uint64_t shortened;    /* frames that are not all there */
    bool headers_only;     /* live: that was asked for, headers are */
    uint64_t late;         /* frames older than one handed out before: beyond the merge window */
    uint64_t kernel_drops; /* of all interfaces; a file states it in interface statistics */
    uint64_t interface_drops;
    bool kernel_drops_known; /* both are */
    bool time_known;         /* a frame that was handed out had a time */
    int64_t start_ns;        /* earliest and latest of these; meaningless where there was none */
    int64_t end_ns;
    int64_t clock_ahead_ns; /* that its times were set back by: see source_set_back */
    uint64_t file_size;     /* octets of the file as stored; 0 where unknown (a pipe) */
    uint64_t file_offset;   /* octets of the file as stored that have been read so far */
    char *unfiltered; /* NULL, or the link types whose frames the expression cannot be asked of and
                       * which were turned away for that: "101 (RAW), 147" */
    char *damaged;    /* NULL, or what is wrong and where: "... at byte 1234, after packet 17" */
};

struct source;

/* What source_next says. */
enum source_status {
    SOURCE_FRAME, /* *frame is filled */
    SOURCE_END,   /* all inputs are at their ends, or were damaged: see capture.damaged */
    SOURCE_ERROR, /* no memory, or reading failed: source_error tells; nothing more will come */
    SOURCE_WAIT,  /* live: nothing has come; wait for what source_poll says, then ask again */
};

/* What a live capture is asked for; all is borrowed, the names until source_close. */
struct source_live_request {
    const char *const *interfaces; /* by name; "any" is all of them */
    size_t interface_count;        /* 1 or more */
    const char *filter;            /* a libpcap expression for the kernel, or NULL */
    bool whole;                    /* whole packets; else no more than their headers */
};

/*
 * Opens the inputs ("-": standard input) and reads as far as their first headers. filter is a
 * libpcap expression or NULL. Inputs that cannot be opened are left out as long as there is
 * another: see source_refusal. Returns NULL on error, with *error set to a complete sentence
 * without the program's name ("FILE: what is wrong, where, and what to do") that the caller frees
 * (and which may be NULL where there is no memory even for that); *usage is set to true where the
 * command line is at fault (exit code 2): the filter expression, or "-" given twice; false
 * otherwise.
 *
 * A file that is a capture but is damaged further on is not an error here. Nor is an expression
 * that suits only some link types: frames of the others are turned away, see capture.unfiltered.
 */
struct source *source_open(const char *const *paths, size_t path_count, const char *filter,
                           char **error, bool *usage);

/*
 * Opens a live capture on all interfaces: one capture, whose packets are numbered as they are
 * handed out. What cannot hold TCP is left to the kernel to turn away. Errors are told as by
 * source_open. After this call the process needs no privileges to go on.
 */
struct source *source_open_live(const struct source_live_request *request, char **error,
                                bool *usage);

/*
 * What to do while an input that is no file (a pipe, a terminal) may have nothing to read: called
 * with its descriptor before each reading, and returns when reading may go on.
 */
struct source_patience {
    void (*wait)(void *context, int fd);
    void *context;
};

/* Without it reading waits by itself. patience is borrowed until source_close. */
void source_set_patience(struct source *source, const struct source_patience *patience);

/*
 * From now on files are read ahead, by so many threads at most, each of them with signals blocked.
 * What is read, and when it is told, stays the same. Does nothing for what is no file.
 */
void source_read_ahead(struct source *source, unsigned threads);

/* Sets all times of an input back by so much, before the first frame is asked for. */
void source_set_back(struct source *source, size_t index, int64_t clock_ahead_ns);

/* The next frame in the order of time. */
enum source_status source_next(struct source *source, struct frame *frame);

/*
 * Live: fills up to `room` descriptors to wait for, and returns how many; *timeout_ms is how long
 * to wait at most before source_next is asked again. 0 descriptors and no time to wait for files.
 */
size_t source_poll(const struct source *source, struct pollfd *fds, size_t room, int *timeout_ms);

/*
 * No more is wanted than what there is by now. A live capture goes on until all that arrived before
 * this call has been handed out, which takes no longer than a second, then says SOURCE_END; files
 * say so at once.
 */
void source_stop(struct source *source);

/*
 * Why an input was left out when the others were opened, as a sentence of source_open's, by index
 * from 0; NULL beyond the last. Owned by the source.
 */
const char *source_refusal(const struct source *source, size_t index);

/*
 * Live: the next thing that befell an interface, as a sentence for the user, or NULL. Owned by the
 * source until the next call.
 */
const char *source_notice(struct source *source);

/* Live: brings up to date what is known of packets received and dropped; else nothing. */
void source_count(struct source *source);

/* Live: looks at the interfaces while no packets are asked for. */
void source_look(struct source *source);

bool source_is_live(const struct source *source);

/* How many inputs there are, and what is known of one of them. */
size_t source_capture_count(const struct source *source);
const struct capture *source_capture(const struct source *source, size_t index);

/* Live: packets that the kernel holds and that were not handed out yet, by the latest counts. */
uint64_t source_waiting(const struct source *source);

/* After SOURCE_ERROR: a complete sentence as of source_open. Owned by the source. */
const char *source_error(const struct source *source);

/* Frees everything; NULL is allowed. */
void source_close(struct source *source);

#endif
