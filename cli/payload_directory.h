/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The directory of payload files, and how they are called: each is written under a temporary name
 * that nobody can foresee, made of a number, and takes that of its direction in the end. It does
 * not know what is in them.
 */
#ifndef CLI_PAYLOAD_DIRECTORY_H
#define CLI_PAYLOAD_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/sandbox.h"

#define PAYLOAD_NAME_MAX 64

struct payload_directory {
    const char *path;
    int fd;          /* -1: it is not open */
    bool made;       /* it is ours */
    uint64_t random; /* in the temporary names */
};

/* Opens a directory, or makes it; a symbolic link is not followed. False after a message. The path
 * is borrowed until it is closed. */
bool payload_directory_open(struct payload_directory *directory, const char *path);

/* Where it was made in vain it goes, if nothing is in it. */
void payload_directory_close(struct payload_directory *directory, bool in_vain);

/* Files may be written there, and a directory that was made in vain be removed. */
void payload_directory_allow(const struct payload_directory *directory, struct sandbox *sandbox);

/* The name of the file of a direction: twice the id of its connection, plus the side. */
void payload_name(size_t direction, char name[PAYLOAD_NAME_MAX]);

/* payload_name makes such names. */
bool payload_name_is_made(const char *name);

/* What would be replaced in the end is a file, or nothing; else errno is set. */
bool payload_name_is_free(const struct payload_directory *directory, size_t direction);

/* Makes a file under its temporary name. A descriptor, or -1 and errno. */
int payload_file_make(const struct payload_directory *directory, size_t number, ino_t *inode);

/* The same file once more: ESTALE where another one stands in its place. */
int payload_file_reopen(const struct payload_directory *directory, size_t number, ino_t inode);

/* One file takes the temporary name of another. False and errno. */
bool payload_file_replace(const struct payload_directory *directory, size_t number, size_t by);

/* A file takes the name of its direction. False and errno. */
bool payload_file_keep(const struct payload_directory *directory, size_t number, size_t direction);

void payload_file_remove(const struct payload_directory *directory, size_t number);

#endif
