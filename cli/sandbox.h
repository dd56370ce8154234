/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is left to a process that reads packets which anybody may have sent: once all files are
 * open, it can open no others, run no program and speak to nobody. It knows directories and system
 * calls, not what they are for.
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include <stdbool.h>

/* Address sanitizers look around in the process when it ends, which takes calls of all kinds. */
#ifdef MPTA_SANITIZE
#define SANDBOX_SUITS false
#else
#define SANDBOX_SUITS true
#endif

/* What may still be done in a directory, under names in it. */
enum sandbox_freedom {
    SANDBOX_FILES = 1,       /* files are made, opened, renamed and removed */
    SANDBOX_DIRECTORIES = 2, /* empty directories are removed */
};

struct sandbox {
    int rules;   /* of Landlock, or -1 */
    bool names;  /* there is something to do under names */
    bool screen; /* everywhere */
    bool interfaces;
    bool failed;
};

/* Begins a sandbox in which nothing may be done under any name. */
void sandbox_begin(struct sandbox *sandbox);

/* Allows so much in an open directory. */
void sandbox_allow(struct sandbox *sandbox, int directory, unsigned freedoms);

/* Allows files everywhere, which the user of a screen may still name, and to stop for the shell. */
void sandbox_allow_screen(struct sandbox *sandbox);

/* Allows sockets that are there to be bound to other interfaces. */
void sandbox_allow_interfaces(struct sandbox *sandbox);

/*
 * Enters it for good; what it denies fails with EPERM or EACCES from here on. Kernels without
 * Landlock do not keep what is done under names to its directories, kernels without seccomp deny
 * nothing at all: there the process goes on without. False after a message where it should have
 * worked.
 */
bool sandbox_enter(struct sandbox *sandbox);

#endif
