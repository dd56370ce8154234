/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys that are pressed one after the other, and where they lead: by what then stands on the
 * screen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/tui/show.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static char *screen_text(struct show *show)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    show_print(show, stream);
    fclose(stream);
    return text;
}

struct key_case {
    const char *words;
    const char *script;
    enum view_id view;
    const char *shown; /* somewhere on the screen */
    const char *not_shown;
};

/* Runs scripts on one capture at 80x24, with so much memory for packets. */
static void run_cases_within(size_t limit, const char *sample, const struct key_case *cases,
                             size_t count)
{
    struct show show;
    assert_true(show_open(&show, &sample, 1, limit));
    for (size_t i = 0; i < count; i++) {
        assert_true(show_begin(&show, true, 80, 24));
        assert_true(show_press(&show, cases[i].script));
        char *text = screen_text(&show);
        if (show.ui.view != cases[i].view || strstr(text, cases[i].shown) == NULL ||
            (cases[i].not_shown != NULL && strstr(text, cases[i].not_shown) != NULL)) {
            fail_msg("%s: view %d\n%s", cases[i].words, (int)show.ui.view, text);
        }
        free(text);
    }
    show_close(&show);
}

static void run_cases(const char *sample, const struct key_case *cases, size_t count)
{
    run_cases_within(MODEL_FILE_LIMIT, sample, cases, count);
}

static const struct key_case of_one[] = {
    {"it begins with connections",              "",                                 VIEW_CONNECTIONS, "State",                             NULL                  },
    {"Enter leads into a connection",           "<Enter>",                          VIEW_CONNECTION,  "tokens",                            NULL                  },
    {"Esc leads back",                          "<Enter><Esc>",                     VIEW_CONNECTIONS, "State",                             NULL                  },
    {"Esc on the first view does nothing",      "<Esc><Esc>",                       VIEW_CONNECTIONS, "State",                             NULL                  },
    {"numbers lead to views",                   "5",                                VIEW_DATA,        "DATA_ACK",                          NULL                  },
    {"Tab goes round",                          "8<Tab>",                           VIEW_CONNECTIONS, "State",                             NULL                  },
    {"Shift-Tab goes round the other way",      "<Shift-Tab>",                      VIEW_STATISTICS,  "Verified",                          NULL                  },
    {"a click on a name of a view",             "<Click 20,1>",                     VIEW_PATHS,       "Goodput",                           NULL                  },
    {"a click on a key",                        "<Click 3,23>",                     VIEW_HELP,        "Keys in Connections",               NULL                  },
    {"a second click goes into a row",          "<Click 30,3>",                     VIEW_CONNECTION,  "tokens",                            NULL                  },
    {"the help knows from where it was called", "4?",                               VIEW_HELP,        "Keys in Ladder",                    NULL                  },
    {"q leads out of the help only",            "4?q",                              VIEW_LADDER,      "SYN MP_CAPABLE",                    NULL                  },
    {"F1 does so, too",                         "4<F1><F1>",                        VIEW_LADDER,      "SYN MP_CAPABLE",                    NULL                  },
    {"Right shows subflows",                    "<Right>",                          VIEW_CONNECTIONS, "10.0.2.1",                          NULL                  },
    {"Left hides them",                         "<Right><Left>",                    VIEW_CONNECTIONS, "10.0.1.1",                          "10.0.2.1"            },
    {"F5 shows all, and hides them",            "<F5><F5>",                         VIEW_CONNECTIONS, "10.0.1.1",                          "10.0.2.1"            },
    {"a click on the mark shows subflows",      "<Click 1,3>",                      VIEW_CONNECTIONS, "10.0.2.1",                          NULL                  },
    {"a search in the ladder",                  "4/dss<Esc>/mp_join<Enter><Enter>", VIEW_PACKET,
     "MP_JOIN, kind 30, 12 octets",                                                                                                        NULL                  },
    {"n goes on to the next",                   "4/mp_join<Enter>n<Enter>",         VIEW_PACKET,
     "MP_JOIN, kind 30, 16 octets",                                                                                                        NULL                  },
    {"N goes back",                             "4/mp_join<Enter>nnN<Enter>",       VIEW_PACKET,      "MP_JOIN, kind 30, 16 octets",       NULL                  },
    {"F3 while searching goes on",              "4/mp_join<F3><Enter><Enter>",      VIEW_PACKET,
     "MP_JOIN, kind 30, 16 octets",                                                                                                        NULL                  },
    {"what is not there is said",               "/nowhere",                         VIEW_CONNECTIONS, "Not found: nowhere",                NULL                  },
    {"the packet after",                        "7<Right>",                         VIEW_PACKET,      "packet 2,",                         NULL                  },
    {"the packet before",                       "7<Right><Right><Left>",            VIEW_PACKET,      "packet 2,",                         NULL                  },
    {"no packet before the first",              "7<Left>",                          VIEW_PACKET,      "packet 1,",                         NULL                  },
    {"the ladder's packet in view 7",           "4<Down><Down>7",                   VIEW_PACKET,      "packet 3,",                         NULL                  },
    {"keys are not shown",                      "4<Down><Down>7",                   VIEW_PACKET,      "--show-keys",                       NULL                  },
    {"only events",                             "4e",                               VIEW_LADDER,      "events 1/",                         "data 0..2000"        },
    {"a run with gaps says so",                 "4",                                VIEW_LADDER,      "data 5420 of 2000..11420 x5",
     "data 2000..11420"                                                                                                                                          },
    {"of a short capture all is kept",          "4",                                VIEW_LADDER,      "SYN MP_CAPABLE",                    "only events are kept"},
    {"all packets",                             "4<F5>",                            VIEW_LADDER,      "all 1/",                            "x2"                  },
    {"events instead of findings",              "6e",                               VIEW_FINDINGS,    "subflow 1 established, HMAC valid", NULL                  },
    {"an event leads to its packet",            "6e<Down><Down><Enter>",            VIEW_PACKET,      "packet 3,",                         NULL                  },
    {"the other direction",                     "3d",                               VIEW_PATHS,       "data of the server",                NULL                  },
    {"one direction for both views",            "3d5",                              VIEW_DATA,        "data of the server",                NULL                  },
    {"from data into the ladder",               "5<End><Enter>",                    VIEW_LADDER,      "0.176198",                          NULL                  },
    {"a pause is for live captures",            "p",                                VIEW_CONNECTIONS, "only a live capture",               NULL                  },
    {"a filter that lets nothing pass",         "<F4>reset<Enter>",                 VIEW_CONNECTIONS,
     "No connection has all these words",                                                                                                  NULL                  },
    {"Esc takes the filter back",               "<F4>reset<Esc>",                   VIEW_CONNECTIONS, "10.0.1.1",                          NULL                  },
    {"a very small screen and back",            "<Resize 1,1>3<Resize 80,24>1",     VIEW_CONNECTIONS, "State",
     NULL                                                                                                                                                        },
};

static void keys_lead_where_they_should(void **state)
{
    (void)state;
    run_cases(SAMPLES "/two-paths.pcapng", of_one, COUNT_OF(of_one));
}

static const struct key_case of_many[] = {
    {"the last one",                   "G",                        VIEW_CONNECTIONS, "60/60",                 NULL        },
    {"a page and a page back",         "<PgDn><PgUp>",             VIEW_CONNECTIONS, "1/60",                  NULL        },
    {"sorted the other way round",     "I<Home>",                  VIEW_CONNECTIONS, "\u25b659",              "\u25b6 0"  },
    {"the menu of orders",             "<F6>",                     VIEW_CONNECTIONS, "reinjected",            NULL        },
    {"Esc leaves it",                  "<F6><Esc>",                VIEW_CONNECTIONS, "1/60",                  "reinjected"},
    {"chosen by mouse",                "<F6><Click 3,5>",          VIEW_CONNECTIONS, "Server         \u25b2", NULL        },
    {"a click on a column's head",     "<Click 45,2>",             VIEW_CONNECTIONS, "Sub\u25bc",             NULL        },
    {"and once more",                  "<Click 45,2><Click 45,2>", VIEW_CONNECTIONS, "Sub\u25b2",             NULL        },
    {"a filter",                       "<F4>:42424",               VIEW_CONNECTIONS, "0/0",                   NULL        },
    {"a filter that some pass",        "<F4>:4241",                VIEW_CONNECTIONS, "filtered 1/2",          NULL        },
    {"the next connection",            "2]]",                      VIEW_CONNECTION,  "#2 ",                   NULL        },
    {"the one before",                 "2]][",                     VIEW_CONNECTION,  "#1 ",                   NULL        },
    {"none before the first",          "2[",                       VIEW_CONNECTION,  "#0 ",                   NULL        },
    {"tags go on to the next row",     "   ",                      VIEW_CONNECTIONS, "4/60",                  NULL        },
    {"one that is tagged",             " <F2>",                    VIEW_CONNECTIONS, "1 tagged connection,",  NULL        },
    {"tagged ones are saved together", "   <F2>",                  VIEW_CONNECTIONS, "3 tagged connections",  NULL        },
    {"the wheel",                      "<WheelDown><WheelDown>",   VIEW_CONNECTIONS, "7/60",                  NULL        },
    {"following",                      "A",                        VIEW_CONNECTIONS, "60/60",                 NULL        },
};

static void keys_lead_through_many_rows(void **state)
{
    (void)state;
    run_cases(SAMPLES "/many-connections.pcapng", of_many, COUNT_OF(of_many));
}

/* Data that a subflow carried under two sequence numbers. */
static const struct key_case of_remapped[] = {
    {"counted under again", "2",                          VIEW_CONNECTION, "1.95K",                     NULL},
    {"and named",           "2",                          VIEW_CONNECTION, "remapped",                  NULL},
    {"again in the ladder", "4",                          VIEW_LADDER,     "DATA_FIN again 1000..2420", NULL},
    {"r in the map",        "5",                          VIEW_DATA,       "●     r   ─",           NULL},
    {"told of the packet",  "4/again 1000<Enter><Enter>", VIEW_PACKET,     "1420 remapped",             NULL},
};

static void remapped_data_is_shown(void **state)
{
    (void)state;
    run_cases(SAMPLES "/join-refused.pcapng", of_remapped, COUNT_OF(of_remapped));
}

/* While data is missing, the line of what is acknowledged shows for how long. */
static const struct key_case of_a_hole[] = {
    {"the line goes on",     "5",   VIEW_DATA, "▲────────────────────────────────", NULL},
    {"and ends where it is", "5",   VIEW_DATA, "●───\n",                                                                                      NULL},
    {"beyond what is shown", "5++", VIEW_DATA, "▲   ──────────────────────────────",    NULL},
};

static void acknowledgements_make_a_line(void **state)
{
    (void)state;
    run_cases(SAMPLES "/forge-data-hole.pcapng", of_a_hole, COUNT_OF(of_a_hole));
}

/* Where the first packets have given way to later ones, also handshakes to what else means more. */
static const struct key_case of_forgotten[] = {
    {"the ladder says so",        "4",             VIEW_LADDER, "packets before 0.1", "SYN MP_CAPABLE"           },
    {"the data map",              "5",             VIEW_DATA,   "packets before 0.1", "no data in this direction"},
    {"a time without any",        "5+++<Home>",    VIEW_DATA,
     "no data of this time in the packets that are kept",                             NULL                       },
    {"the first packet there is", "7",             VIEW_PACKET, "packets before 0.1", NULL                       },
    {"not the last one",          "4<End><Enter>", VIEW_PACKET, "belongs to",         "packets before"           },
};

/* Where only data has. */
static const struct key_case of_forgotten_data[] = {
    {"the ladder says so",       "4",               VIEW_LADDER,     "only events are kept", "data 0.."},
    {"and has the handshake",    "4",               VIEW_LADDER,     "SYN MP_CAPABLE",       NULL      },
    {"also without data",        "4e",              VIEW_LADDER,     "SYN MP_JOIN",          NULL      },
    {"the first packet",         "7",               VIEW_PACKET,     "packet 1, 0.000000 s", NULL      },
    {"which says what is there", "7",               VIEW_PACKET,     "only events are kept", NULL      },
    {"what an event tells of",   "6e<Home><Enter>", VIEW_PACKET,     "packet 1, ",           NULL      },
    {"nothing of it in the map", "5",               VIEW_DATA,       "only events are kept", "at the c"},
    {"how many are not there",   "8<End>",          VIEW_STATISTICS, "too long ago to keep", NULL      },
};

static const struct key_case of_gone[] = {
    {"no packet in the ladder", "4", VIEW_LADDER, "s only events are kept", "SYN"                      },
    {"nor in the map",          "5", VIEW_DATA,   "s only events are kept", "no data in this direction"},
    {"nor in the packet view",  "7", VIEW_PACKET, "s only events are kept", NULL                       },
};

static void packets_that_gave_way_are_told(void **state)
{
    (void)state;
    run_cases_within(10000, SAMPLES "/two-paths.pcapng", of_forgotten, COUNT_OF(of_forgotten));
    run_cases_within(40000, SAMPLES "/path-dies.pcapng", of_forgotten_data,
                     COUNT_OF(of_forgotten_data));
    run_cases_within(20000, SAMPLES "/many-connections.pcapng", of_gone, COUNT_OF(of_gone));
}

/* ---- While packets come --------------------------------------------------------------------- */

/* Keys before the first packet and after the last one. */
static const struct {
    const char *words;
    const char *before;
    const char *after;
    const char *shown;
} coming_cases[] = {
    {"in the list itself",             "",                   "<End>",   "60/60"       },
    {"while the statistics are shown", "8",                  "1<End>",  "60/60"       },
    {"while the help is shown",        "?",                  "q<End>",  "60/60"       },
    {"while a connection is shown",    "2",                  "1<End>",  "60/60"       },
    {"sorted the other way round",     "I8",                 "1<Home>", "\u25b659"    },
    {"sorted by client",               "<F6><Down><Enter>?", "q<Home>", "\u25b6 0"    },
    {"filtered",                       "<F4>:4241<Enter>8",  "1",       "filtered 1/2"},
    {"subflows and all",               "<F5>8",              "1<End>",  "120/120"     },
    {"the next one, elsewhere",        "2",                  "]]]",     "#3 "         },
};

/* A step of packets, a picture, and so on: whatever the user looks at, view 1 misses none. */
static void connections_that_come_are_listed(void **state)
{
    const char *sample = SAMPLES "/many-connections.pcapng";
    (void)state;
    for (size_t i = 0; i < COUNT_OF(coming_cases); i++) {
        struct show show;
        assert_true(show_start(&show, &sample, 1, MODEL_FILE_LIMIT));
        assert_true(show_begin(&show, true, 80, 24));
        assert_true(show_press(&show, coming_cases[i].before));
        while (!show.model.finished) {
            assert_true(show_read(&show, 100));
            ui_draw(&show.ui);
        }
        assert_true(show_press(&show, coming_cases[i].after));
        char *text = screen_text(&show);
        if (strstr(text, coming_cases[i].shown) == NULL) {
            fail_msg("%s:\n%s", coming_cases[i].words, text);
        }
        free(text);
        show_close(&show);
    }
}

/* A live capture can be paused as long as it goes on. */
static void an_ended_capture_is_not_paused(void **state)
{
    const char *sample = SAMPLES "/two-paths.pcapng";
    struct show show;
    (void)state;
    assert_true(show_open(&show, &sample, 1, MODEL_FILE_LIMIT));
    for (int reading = 0; reading <= 1; reading++) {
        assert_true(show_begin(&show, true, 100, 24));
        show.ui.settings.live = true;
        show.ui.progress.reading = reading;
        assert_true(show_press(&show, ""));
        char *text = screen_text(&show);
        assert_int_equal(strstr(text, "Pause") != NULL, reading);
        free(text);
        assert_true(show_press(&show, "p"));
        assert_int_equal(show.ui.progress.paused, reading);
        assert_int_equal(strstr(show.ui.notice, "the capture has ended") != NULL, !reading);
    }
    show_close(&show);
}

/* ---- Saving --------------------------------------------------------------------------------- */

static char *file_text(const char *path)
{
    FILE *stream = fopen(path, "re");
    char *text = calloc(1, 1 << 20);
    assert_non_null(stream);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, stream) > 0);
    fclose(stream);
    return text;
}

static void in_a_directory_of_its_own(char path[32])
{
    snprintf(path, 32, "/tmp/mpta-keys-XXXXXX");
    assert_non_null(mkdtemp(path));
    assert_int_equal(chdir(path), 0);
}

/* The saved packets of one connection, analysed, are that connection. */
static void saved_packets_are_the_connection(void **state)
{
    const char *sample = SAMPLES "/many-connections.pcapng";
    const char *saved = "one.pcapng";
    char directory[32];
    struct show show, again;
    (void)state;
    in_a_directory_of_its_own(directory);
    assert_true(show_open(&show, &sample, 1, MODEL_FILE_LIMIT));
    assert_true(show_begin(&show, true, 80, 24));
    assert_true(show_press(&show, "<Down><Down><F2><Enter><Ctrl-U>one.pcapng<Enter>"));
    assert_non_null(strstr(show.ui.notice, "saved as one.pcapng"));
    assert_true(show_open(&again, &saved, 1, MODEL_FILE_LIMIT));
    assert_int_equal(model_summary(&again.model)->connections, 1);
    struct mpta_connection one, other;
    assert_true(mpta_tracker_connection(show.tracker, 2, &one));
    assert_true(mpta_tracker_connection(again.tracker, 0, &other));
    assert_int_equal(one.hosts[MPTA_CLIENT].port, other.hosts[MPTA_CLIENT].port);
    assert_int_equal(one.hosts[MPTA_CLIENT].token, other.hosts[MPTA_CLIENT].token);
    assert_int_equal(one.streams[MPTA_SERVER].data_bytes, other.streams[MPTA_SERVER].data_bytes);
    assert_int_equal(one.close, other.close);
    assert_int_equal(packet_store_count_of(show.model.packets, 2),
                     packet_store_count_of(again.model.packets, 0));
    show_close(&again);
    show_close(&show);
    unlink(saved);
    rmdir(directory);
}

/* What a filter lets pass is saved together. */
static void saved_packets_are_those_shown(void **state)
{
    const char *sample = SAMPLES "/many-connections.pcapng";
    const char *saved = "shown.pcapng";
    char directory[32];
    struct show show, again;
    (void)state;
    in_a_directory_of_its_own(directory);
    assert_true(show_open(&show, &sample, 1, MODEL_FILE_LIMIT));
    assert_true(show_begin(&show, true, 80, 24));
    assert_true(show_press(&show, "<F4>:4241<Enter><F2><Down><Enter><Ctrl-U>shown.pcapng<Enter>"));
    assert_non_null(strstr(show.ui.notice, "saved as shown.pcapng"));
    assert_true(show_open(&again, &saved, 1, MODEL_FILE_LIMIT));
    assert_int_equal(model_summary(&again.model)->connections, 2);
    show_close(&again);
    show_close(&show);
    unlink(saved);
    rmdir(directory);
}

static const struct {
    const char *words;
    const char *script;
    const char *shown; /* in the file */
} save_cases[] = {
    {"all rows of a view",       "<F2><Down><Down><Enter><Ctrl-U>file<Enter>",       "10.0.1.1:42922"       },
    {"the report",               "<F2><Down><Down><Down><Enter><Ctrl-U>file<Enter>", "60 connections"       },
    {"the report for a program", "<F2><End><Enter><Ctrl-U>file<Enter>",              "\"schema_version\": 1"},
    {"a file that is there",     "<F2><Down><Down><Enter><Ctrl-U>file<Enter>y",      "Client"               },
};

static void what_is_shown_is_saved(void **state)
{
    const char *sample = SAMPLES "/many-connections.pcapng";
    char directory[32];
    struct show show;
    (void)state;
    in_a_directory_of_its_own(directory);
    assert_true(show_open(&show, &sample, 1, MODEL_FILE_LIMIT));
    for (size_t i = 0; i < COUNT_OF(save_cases); i++) {
        if (i + 1 < COUNT_OF(save_cases)) {
            unlink("file");
        }
        assert_true(show_begin(&show, true, 80, 24));
        assert_true(show_press(&show, save_cases[i].script));
        char *text = file_text("file");
        if (strstr(text, save_cases[i].shown) == NULL) {
            fail_msg("%s: %s\n%s", save_cases[i].words, show.ui.notice, text);
        }
        free(text);
    }
    show_close(&show);
    unlink("file");
    rmdir(directory);
}

/* A pipe would keep the screen waiting for who reads it. */
static void what_is_no_file_is_not_written(void **state)
{
    static const char *const names[] = {"pipe", "folder", "/dev/full"};
    const char *sample = SAMPLES "/two-paths.pcapng";
    char directory[32];
    struct show show;
    (void)state;
    in_a_directory_of_its_own(directory);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_true(show_open(&show, &sample, 1, MODEL_FILE_LIMIT));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char script[64];
        snprintf(script, sizeof script, "<F2><Down><Enter><Ctrl-U>%s<Enter>", names[i]);
        assert_true(show_begin(&show, true, 80, 24));
        assert_true(show_press(&show, script));
        assert_non_null(strstr(show.ui.notice, "is there already, and is no file"));
    }
    show_close(&show);
    unlink("pipe");
    rmdir("folder");
    rmdir(directory);
}

static void what_must_not_be_overwritten_is_left(void **state)
{
    const char *sample = SAMPLES "/two-paths.pcapng";
    struct show show;
    (void)state;
    assert_true(show_open(&show, &sample, 1, MODEL_FILE_LIMIT));
    assert_true(show_begin(&show, true, 80, 24));
    assert_true(show_press(&show, "<F2><Down><Enter><Ctrl-U>" SAMPLES "/two-paths.pcapng<Enter>y"));
    assert_non_null(strstr(show.ui.notice, "is not a name to save under"));
    assert_true(show_press(&show, "<F2><Down><Enter><Ctrl-U>-<Enter>"));
    assert_non_null(strstr(show.ui.notice, "is not a name to save under"));
    show_close(&show);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_lead_where_they_should),
        cmocka_unit_test(keys_lead_through_many_rows),
        cmocka_unit_test(remapped_data_is_shown),
        cmocka_unit_test(acknowledgements_make_a_line),
        cmocka_unit_test(packets_that_gave_way_are_told),
        cmocka_unit_test(connections_that_come_are_listed),
        cmocka_unit_test(an_ended_capture_is_not_paused),
        cmocka_unit_test(saved_packets_are_the_connection),
        cmocka_unit_test(saved_packets_are_those_shown),
        cmocka_unit_test(what_is_shown_is_saved),
        cmocka_unit_test(what_is_no_file_is_not_written),
        cmocka_unit_test(what_must_not_be_overwritten_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
