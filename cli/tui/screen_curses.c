/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The terminal by way of ncurses: the only file that knows it. Only cells that changed are given to
 * ncurses, which on its part finds the shortest way to say so.
 */
#include "cli/tui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#undef columns /* which term.h takes for words of its own */
#undef lines

#include "cli/tui/palette.h"
#include "cli/tui/terminal_guard.h"
#include "cli/tui/write_limit.h"
#include "cli/utf8.h"

#define ESCAPE_WAIT_MS 25
#define FAREWELL_MAX   512

/* How long a picture may take, after which a signal is still obeyed within two seconds; and what is
 * written to a terminal that takes nothing. */
#define WRITE_MS     500
#define WRITE_NOW_MS 1

struct screen {
    FILE *in;
    FILE *out;
    SCREEN *curses;
    struct grid shown;
    struct termios before; /* the settings of the terminal */
    bool before_known;
    int colours;
    bool owns_in;
    bool owns_out;
    bool mouse;
    bool lost; /* what was written last did not arrive */
};

/* ---- Opening -------------------------------------------------------------------------------- */

static FILE *stream_of(FILE *standard, const char *mode, bool *owned)
{
    *owned = isatty(fileno(standard)) == 0;
    return *owned ? fopen("/dev/tty", mode) : standard;
}

/* What tputs writes is collected here; it has no context to pass. */
static char farewell[FAREWELL_MAX];
static size_t farewell_length;

static int farewell_put(int character)
{
    if (farewell_length < sizeof farewell) {
        farewell[farewell_length++] = (char)character;
    }
    return character;
}

/* What this terminal is told for a thing that it can do; NULL for what it cannot. */
static const char *capability(const char *name)
{
    char own[16]; /* ncurses asks for what it could write to */
    snprintf(own, sizeof own, "%s", name);
    const char *text = tigetstr(own);
    return (intptr_t)text == -1 ? NULL : text;
}

static void farewell_add(const char *name)
{
    const char *text = capability(name);
    if (text != NULL) {
        tputs(text, 1, farewell_put);
    }
}

/* What a terminal is told when nobody is left to do it in order. */
static void farewell_make(bool mouse)
{
    static const char mouse_off[] = "\033[?1000l\033[?1006l";
    static const char *const capabilities[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    farewell_length = 0;
    for (size_t i = 0; mouse && i + 1 < sizeof mouse_off; i++) {
        farewell_put(mouse_off[i]);
    }
    for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++) {
        farewell_add(capabilities[i]);
    }
}

static void colours_start(struct screen *screen)
{
    if (!has_colors() || start_color() == ERR) {
        return;
    }
    use_default_colors();
    screen->colours = COLORS;
    for (short style = 0; style < STYLE_COUNT && style + 1 < COLOR_PAIRS; style++) {
        struct paint paint = palette_paint(screen->colours, (uint8_t)style);
        init_pair((short)(style + 1), paint.foreground, paint.background);
    }
}

static void mouse_start(struct screen *screen)
{
    mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
    screen->mouse = true;
}

/* Asked before ncurses takes it: what newterm refuses it does not free. */
static bool terminal_is_able(FILE *out)
{
    int found = 0;
    if (setupterm(NULL, fileno(out), &found) == ERR || found != 1) {
        return false;
    }
    bool able = capability("cup") != NULL;
    del_curterm(cur_term);
    return able;
}

static bool screen_start(struct screen *screen, const struct screen_settings *settings)
{
    screen->before_known = tcgetattr(fileno(screen->in), &screen->before) == 0;
    screen->curses = newterm(NULL, screen->out, screen->in);
    if (screen->curses == NULL) {
        return false;
    }
    farewell_make(settings->mouse);
    terminal_guard_arm(fileno(screen->out), screen->before_known ? &screen->before : NULL, farewell,
                       farewell_length);
    write_limit_open(fileno(screen->out));
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_WAIT_MS);
    if (settings->colour) {
        colours_start(screen);
    }
    if (settings->mouse) {
        mouse_start(screen);
    }
    screen->shown.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    return true;
}

static const char *terminal_problem(void)
{
    static char words[192];
    const char *kind = getenv("TERM");
    snprintf(words, sizeof words,
             "a terminal of the kind '%.64s' is not known here (Debian: ncurses-term), or cannot "
             "move its cursor; set TERM to what it is, as TERM=xterm, or give --no-tui",
             kind != NULL ? kind : "");
    return words;
}

/* Opens the streams of the terminal; false if it is none, or too plain. */
static bool terminal_open(struct screen *screen, const char **problem)
{
    *problem = "the screen needs a terminal, and there is none; run it in one, or give --no-tui";
    screen->in = stream_of(stdin, "re", &screen->owns_in);
    screen->out = stream_of(stdout, "we", &screen->owns_out);
    if (screen->in == NULL || screen->out == NULL) {
        return false;
    }
    *problem = terminal_problem();
    return terminal_is_able(screen->out);
}

static void terminal_close(struct screen *screen)
{
    if (screen->owns_in && screen->in != NULL) {
        fclose(screen->in);
    }
    if (screen->owns_out && screen->out != NULL) {
        fclose(screen->out);
    }
}

bool screen_is_possible(const char **problem)
{
    struct screen screen = {.in = NULL};
    bool possible = terminal_open(&screen, problem);
    terminal_close(&screen);
    return possible;
}

struct screen *screen_open(const struct screen_settings *settings, const char **problem)
{
    struct screen *screen = calloc(1, sizeof *screen);
    *problem = "not enough memory";
    if (screen != NULL && terminal_open(screen, problem) && screen_start(screen, settings)) {
        return screen;
    }
    screen_close(screen);
    return NULL;
}

/* Settings can be given to a terminal that takes nothing. */
static void screen_end(struct screen *screen)
{
    write_limit_begin(screen_is_ready(screen) ? WRITE_MS : WRITE_NOW_MS);
    if (screen->mouse) {
        mousemask(0, NULL);
    }
    endwin();
    if (!write_limit_end() && screen->before_known) {
        tcsetattr(fileno(screen->out), TCSANOW, &screen->before);
    }
    write_limit_close();
    terminal_guard_disarm();
    delscreen(screen->curses);
}

void screen_close(struct screen *screen)
{
    if (screen == NULL) {
        return;
    }
    if (screen->curses != NULL) {
        screen_end(screen);
    }
    terminal_close(screen);
    grid_free(&screen->shown);
    free(screen);
}

void screen_size(const struct screen *screen, int *columns, int *rows)
{
    (void)screen;
    getmaxyx(stdscr, *rows, *columns);
}

/* ---- Showing -------------------------------------------------------------------------------- */

bool screen_is_ready(const struct screen *screen)
{
    struct pollfd poll_fd = {.fd = fileno(screen->out), .events = POLLOUT};
    return poll(&poll_fd, 1, 0) > 0;
}

static attr_t attributes_of(const struct screen *screen, uint8_t style)
{
    struct paint paint = palette_paint(screen->colours, style);
    return (paint.bold ? A_BOLD : 0) | (paint.dim ? A_DIM : 0) | (paint.reverse ? A_REVERSE : 0) |
           (paint.underline ? A_UNDERLINE : 0);
}

static void cell_put(const struct screen *screen, int row, int column, const struct cell *cell)
{
    uint32_t character = ' ';
    unsigned paint = screen->colours > 0 ? palette_style(screen->colours, cell->style) + 1 : 0;
    cchar_t shown;
    utf8_decode(cell->text, strnlen(cell->text, sizeof cell->text), &character);
    const wchar_t text[] = {(wchar_t)character, L'\0'};
    if (setcchar(&shown, text, attributes_of(screen, cell->style), (short)paint, NULL) == OK) {
        mvadd_wch(row, column, &shown);
    }
}

static bool cell_is(const struct cell *a, const struct cell *b)
{
    return a->style == b->style && memcmp(a->text, b->text, sizeof a->text) == 0;
}

/* Makes the memory of what is shown as large as the grid; what is not known is nothing. */
static bool screen_fit(struct screen *screen, const struct grid *grid)
{
    if (!grid_resize(&screen->shown, grid->columns, grid->rows)) {
        return false;
    }
    memset(screen->shown.cells, 0,
           (size_t)grid->columns * (size_t)grid->rows * sizeof *screen->shown.cells);
    return true;
}

bool screen_put(struct screen *screen, const struct grid *grid, bool whole)
{
    bool same = screen->shown.columns == grid->columns && screen->shown.rows == grid->rows;
    whole |= screen->lost;
    if ((whole || !same) && !screen_fit(screen, grid)) {
        return true;
    }
    if (whole || !same) {
        erase();
        clearok(curscr, TRUE);
    }
    for (int row = 0; row < grid->rows; row++) {
        for (int column = 0; column < grid->columns; column++) {
            size_t at = (size_t)row * (size_t)grid->columns + (size_t)column;
            if (!cell_is(&grid->cells[at], &screen->shown.cells[at])) {
                screen->shown.cells[at] = grid->cells[at];
                cell_put(screen, row, column, &grid->cells[at]);
            }
        }
    }
    write_limit_begin(WRITE_MS);
    refresh();
    screen->lost = !write_limit_end();
    return !screen->lost;
}

/* ---- Input ---------------------------------------------------------------------------------- */

static const struct {
    int curses;
    int key;
} special_keys[] = {
    {KEY_UP,        INPUT_UP       },
    {KEY_DOWN,      INPUT_DOWN     },
    {KEY_LEFT,      INPUT_LEFT     },
    {KEY_RIGHT,     INPUT_RIGHT    },
    {KEY_PPAGE,     INPUT_PAGE_UP  },
    {KEY_NPAGE,     INPUT_PAGE_DOWN},
    {KEY_HOME,      INPUT_HOME     },
    {KEY_FIND,      INPUT_HOME     },
    {KEY_END,       INPUT_END      },
    {KEY_SELECT,    INPUT_END      },
    {KEY_LL,        INPUT_END      },
    {KEY_DC,        INPUT_DELETE   },
    {KEY_BTAB,      INPUT_BACK_TAB },
    {KEY_ENTER,     INPUT_ENTER    },
    {KEY_BACKSPACE, INPUT_BACKSPACE},
    {'\r',          INPUT_ENTER    },
    {'\b',          INPUT_BACKSPACE},
};

static int key_of(int code)
{
    for (size_t i = 0; i < sizeof special_keys / sizeof special_keys[0]; i++) {
        if (special_keys[i].curses == code) {
            return special_keys[i].key;
        }
    }
    if (code >= KEY_F(1) && code <= KEY_F(12)) {
        return INPUT_F1 + (code - KEY_F(1));
    }
    return code <= 0x7f ? code : 0;
}

static struct input input_of_mouse(void)
{
    struct input input = {.kind = INPUT_NONE};
    MEVENT event;
    if (getmouse(&event) == OK) {
        input.kind = event.bstate & BUTTON4_PRESSED   ? INPUT_WHEEL_UP
                     : event.bstate & BUTTON5_PRESSED ? INPUT_WHEEL_DOWN
                                                      : INPUT_CLICK;
        input.column = event.x;
        input.row = event.y;
    }
    return input;
}

/* At the end of the terminal's life it can be read, and has nothing to say. */
static bool screen_is_gone(const struct screen *screen)
{
    struct pollfd poll_fd = {.fd = fileno(screen->in), .events = POLLIN};
    int waiting = 0;
    if (poll(&poll_fd, 1, 0) <= 0) {
        return false;
    }
    return (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ||
           ioctl(poll_fd.fd, FIONREAD, &waiting) < 0 || waiting == 0;
}

struct input screen_read(struct screen *screen)
{
    struct input input = {.kind = INPUT_NONE};
    write_limit_begin(WRITE_MS); /* ncurses clears the screen where its size is another one */
    int code = screen_is_gone(screen) ? ERR : getch();
    screen->lost |= !write_limit_end();
    if (code == ERR) {
        input.kind = screen_is_gone(screen) ? INPUT_GONE : INPUT_NONE;
    } else if (code == KEY_RESIZE) {
        input.kind = INPUT_RESIZE;
        screen_size(screen, &input.column, &input.row);
    } else if (code == KEY_MOUSE) {
        input = input_of_mouse();
        /* What the mouse did beyond that is passed over; there may be more to read. */
        return input.kind == INPUT_NONE ? screen_read(screen) : input;
    } else {
        input.kind = INPUT_KEY;
        input.key = key_of(code);
    }
    return input;
}

int screen_fd(const struct screen *screen)
{
    return fileno(screen->in);
}
