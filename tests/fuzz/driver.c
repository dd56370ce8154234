/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzzing harness over the files of the folders given as arguments, each once, in a block of
 * exactly its size so that AddressSanitizer sees a read past its end. It knows nothing of what the
 * harness tests, and it fails if there was nothing to run.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads size octets of a file into a block of exactly that size; NULL on failure. */
static uint8_t *seed_read(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    uint8_t *octets = malloc(size ? size : 1);
    if (octets && fread(octets, 1, size, file) != size) {
        free(octets);
        octets = NULL;
    }
    fclose(file);
    return octets;
}

/* Runs one seed; false if it could not be read. Whatever is not a file is passed over. */
static bool seed_run(const char *folder, const char *name, unsigned *count)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    struct stat status;
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) != 0) {
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        return true;
    }
    uint8_t *octets = seed_read(path, (size_t)status.st_size);
    if (!octets) {
        return false;
    }
    LLVMFuzzerTestOneInput(octets, (size_t)status.st_size);
    free(octets);
    (*count)++;
    return true;
}

/* Runs all seeds of a folder; false if one could not be read. */
static bool folder_run(const char *folder, unsigned *count)
{
    DIR *directory = opendir(folder);
    if (!directory) {
        perror(folder);
        return false;
    }
    bool all = true;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!seed_run(folder, entry->d_name, count)) {
            perror(entry->d_name);
            all = false;
        }
    }
    closedir(directory);
    return all;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    bool all = true;
    for (int i = 1; i < argc; i++) {
        all = folder_run(argv[i], &count) && all;
    }
    printf("%u seeds\n", count);
    return all && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
