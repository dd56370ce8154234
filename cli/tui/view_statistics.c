/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 8: all that was read, in numbers: captures, connections by what became of them, verdicts,
 * findings by kind, and what the screen itself keeps.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/tui/ui.h"
#include "cli/units.h"

#define LABEL_COLUMNS 34
#define VERSIONS      3 /* 0, 1, unknown */

#define INTERFACES_SHOWN 64

/* Connections by what became of them. */
struct census {
    uint64_t versions[VERSIONS];
    uint64_t fallbacks[MPTA_FALLBACK_CAUSE_COUNT];
    uint64_t closes[MPTA_CONNECTION_FIN + 1];
    uint64_t late;
    uint64_t data_bytes;
    uint64_t reinjected_bytes;
    uint64_t missing_bytes;
};

struct sheet {
    struct page *page;
    struct model *model;
    uint64_t waiting; /* packets, in the kernel */
};

/* ---- Lines ---------------------------------------------------------------------------------- */

static void sheet_title(const struct sheet *sheet, const char *title)
{
    if (sheet->page->lines > 0) {
        page_line(sheet->page);
    }
    area_text(page_line(sheet->page), 0, 0, STYLE_STRONG, title);
}

__attribute__((format(printf, 4, 5))) static void
sheet_row(const struct sheet *sheet, unsigned style, const char *label, const char *format, ...)
{
    char words[512];
    va_list arguments;
    int indent = sheet->page->grid.columns / 2 < LABEL_COLUMNS ? sheet->page->grid.columns / 2
                                                               : LABEL_COLUMNS;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    area_field(page_line(sheet->page), 2, 0, indent - 3, STYLE_FAINT, label);
    page_wrap(sheet->page, indent, indent, style, words);
}

static void sheet_count(const struct sheet *sheet, unsigned style, const char *label,
                        uint64_t count)
{
    if (count > 0) {
        sheet_row(sheet, style, label, "%" PRIu64, count);
    }
}

/* ---- Captures ------------------------------------------------------------------------------- */

static void sheet_frames(const struct sheet *sheet, const struct report_capture *read)
{
    static const struct {
        enum mpta_frame frame;
        unsigned style;
        const char *label;
    } rows[] = {
        {MPTA_FRAME_OTHER,            STYLE_NORMAL,  "without TCP"             },
        {MPTA_FRAME_FRAGMENT,         STYLE_NORMAL,  "fragments, no TCP header"},
        {MPTA_FRAME_CUT,              STYLE_WARNING, "cut by the snap length"  },
        {MPTA_FRAME_MALFORMED,        STYLE_WARNING, "with malformed headers"  },
        {MPTA_FRAME_LINK_UNSUPPORTED, STYLE_WARNING, "of unknown link types"   },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sheet_count(sheet, rows[i].style, rows[i].label, read->frames[rows[i].frame]);
    }
}

/* "up, 30 packets, 2 dropped, link type 1" of a live one; of a file as far as it tells. */
static void interface_words(const struct capture_interface *interface, struct text_line *line)
{
    static const char *const states[] = {"up", "down", "gone"};
    if (interface->ring_octets > 0) {
        text_line_item(line, "%s", states[interface->state]);
    }
    text_line_item(line, "%" PRIu64 " packets", interface->packets);
    if (interface->counted) {
        text_line_item(line, "%" PRIu64 " dropped", interface->drops);
    }
    if (interface->counted && interface->interface_drops > 0) {
        text_line_item(line, "%" PRIu64 " by the interface", interface->interface_drops);
    }
    text_line_item(line, "link type %" PRIu32, interface->link_type);
}

/* A live capture keeps headers unless payload is asked for. */
static void sheet_left_out(const struct sheet *sheet, const struct capture *capture)
{
    if (capture->headers_only) {
        sheet_row(sheet, STYLE_NORMAL, "payload",
                  "not captured, so that checksums over it cannot be verified: -w FILE or -o "
                  "payload=DIR keeps it");
    }
}

/* How the kernel keeps packets until they are read. */
static void sheet_ring(const struct sheet *sheet, const struct capture_interface *interface)
{
    char octets[UNITS_TEXT_MAX];
    struct text_line line;
    text_line_start(&line);
    units_bytes(interface->ring_octets, octets);
    text_line_item(&line, "%s for each interface", octets);
    if (interface->ring_version > 0) {
        text_line_item(&line, "TPACKET_V%u", interface->ring_version);
    }
    text_line_item(&line, "%" PRIu32 " octets of a packet at most", interface->snap_len);
    sheet_row(sheet, STYLE_NORMAL, "ring of the kernel", "%s", line.text);
    sheet_row(sheet, STYLE_NORMAL, "packets that wait there", "%" PRIu64, sheet->waiting);
}

static void sheet_interfaces(const struct sheet *sheet, const struct capture *capture)
{
    for (size_t i = 0; i < capture->interface_count && i < INTERFACES_SHOWN; i++) {
        const struct capture_interface *interface = &capture->interfaces[i];
        char name[128];
        char label[160];
        struct text_line line;
        bool troubled = interface->drops > 0 || interface->state != LIVE_UP;
        text_line_start(&line);
        interface_words(interface, &line);
        escape_format(interface->name, name, sizeof name);
        snprintf(label, sizeof label, "interface %s", name[0] != '\0' ? name : "without a name");
        sheet_row(sheet, troubled ? STYLE_WARNING : STYLE_NORMAL, label, "%s", line.text);
    }
    if (capture->interface_count > 0 && capture->interfaces[0].ring_octets > 0) {
        sheet_ring(sheet, &capture->interfaces[0]);
        sheet_left_out(sheet, capture);
    }
}

static void sheet_capture(const struct sheet *sheet, size_t index)
{
    const struct report_capture *read = &sheet->model->report->captures[index];
    const struct capture *capture = read->capture;
    struct text_line name;
    char text[UNITS_TEXT_MAX];
    text_line_start(&name);
    words_capture(sheet->model->report, index, &name);
    sheet_title(sheet, name.text);
    units_bytes(capture->bytes, text);
    sheet_row(sheet, STYLE_NORMAL, "packets", "%" PRIu64 ", %s", capture->packets, text);
    sheet_row(sheet, STYLE_NORMAL, "TCP, of these MPTCP", "%" PRIu64 ", %" PRIu64,
              read->frames[MPTA_FRAME_TCP], read->mptcp_packets);
    if (capture->time_known) {
        units_duration(units_between(capture->start_ns, capture->end_ns), text);
        sheet_row(sheet, STYLE_NORMAL, "time", "%s", text);
    }
    sheet_frames(sheet, read);
    sheet_count(sheet, STYLE_NORMAL, "turned away by the filter", capture->filtered);
    sheet_count(sheet, STYLE_NORMAL, "too late for the order of time", capture->late);
    if (capture->kernel_drops_known) {
        sheet_row(sheet, capture->kernel_drops > 0 ? STYLE_WARNING : STYLE_NORMAL,
                  "dropped while capturing", "%" PRIu64, capture->kernel_drops);
    }
    sheet_interfaces(sheet, capture);
    if (capture->damaged != NULL) {
        char damage[512];
        escape_format(capture->damaged, damage, sizeof damage);
        sheet_row(sheet, STYLE_ERROR, "damaged", "%s", damage);
    }
}

/* ---- Connections ---------------------------------------------------------------------------- */

static void census_add(struct census *census, const struct mpta_connection *connection)
{
    census->versions[connection->version == 0 ? 0 : connection->version == 1 ? 1 : VERSIONS - 1]++;
    census->fallbacks[connection->fallback]++;
    census->closes[connection->close]++;
    census->late += connection->late;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        census->data_bytes += connection->streams[side].data_bytes;
        census->reinjected_bytes += connection->streams[side].reinjected_bytes;
        census->missing_bytes += connection->streams[side].missing_bytes;
    }
}

static void sheet_closes(const struct sheet *sheet, const struct census *census)
{
    static const char *const labels[] = {
        [MPTA_CONNECTION_OPEN] = "open",
        [MPTA_CONNECTION_DATA_FIN] = "closed by DATA_FIN",
        [MPTA_CONNECTION_FASTCLOSE] = "aborted with MP_FASTCLOSE",
        [MPTA_CONNECTION_RESET] = "reset",
        [MPTA_CONNECTION_FIN] = "closed by FIN",
    };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        sheet_count(sheet, STYLE_NORMAL, labels[i], census->closes[i]);
    }
}

static void sheet_fallbacks(const struct sheet *sheet, const struct census *census)
{
    for (int cause = MPTA_FALLBACK_NONE + 1; cause < MPTA_FALLBACK_CAUSE_COUNT; cause++) {
        char label[96];
        snprintf(label, sizeof label, "fell back: %s",
                 mpta_fallback_cause_name((enum mpta_fallback_cause)cause));
        sheet_count(sheet, STYLE_WARNING, label, census->fallbacks[cause]);
    }
}

static void sheet_bytes(const struct sheet *sheet, const char *label, uint64_t bytes)
{
    char text[UNITS_TEXT_MAX];
    if (bytes > 0) {
        units_bytes(bytes, text);
        sheet_row(sheet, STYLE_NORMAL, label, "%s", text);
    }
}

static void sheet_connections(const struct sheet *sheet, const struct mpta_summary *summary)
{
    struct census census = {.late = 0};
    struct mpta_connection connection;
    for (size_t i = 0; mpta_tracker_connection_at(model_tracker(sheet->model), i, &connection);
         i++) {
        census_add(&census, &connection);
    }
    sheet_title(sheet, "Connections");
    sheet_row(sheet, STYLE_NORMAL, "all", "%" PRIu64, summary->connections);
    sheet_count(sheet, STYLE_WARNING, "given up, for want of memory",
                summary->connections - summary->kept);
    sheet_count(sheet, STYLE_NORMAL, "version 1", census.versions[1]);
    sheet_count(sheet, STYLE_NORMAL, "version 0", census.versions[0]);
    sheet_count(sheet, STYLE_NORMAL, "of unknown version", census.versions[VERSIONS - 1]);
    sheet_count(sheet, STYLE_NORMAL, "begun before the capture", census.late);
    sheet_closes(sheet, &census);
    sheet_fallbacks(sheet, &census);
    sheet_row(sheet, STYLE_NORMAL, "subflows", "%" PRIu64, summary->subflows);
    sheet_count(sheet, STYLE_WARNING, "subflows without a connection", summary->unlinked_subflows);
    sheet_bytes(sheet, "data", census.data_bytes);
    sheet_bytes(sheet, "reinjected", census.reinjected_bytes);
    sheet_bytes(sheet, "not captured", census.missing_bytes);
}

/* ---- Verdicts and findings ------------------------------------------------------------------ */

static void sheet_verdicts(const struct sheet *sheet, const char *label,
                           const struct mpta_verdict_counts *counts)
{
    if (counts->valid + counts->invalid + counts->unverifiable > 0) {
        sheet_row(sheet, counts->invalid > 0 ? STYLE_ERROR : STYLE_NORMAL, label,
                  "%" PRIu64 " valid, %" PRIu64 " invalid, %" PRIu64 " unverifiable", counts->valid,
                  counts->invalid, counts->unverifiable);
    }
}

static void sheet_verified(const struct sheet *sheet, const struct mpta_summary *summary)
{
    const struct mpta_verdict_counts *all[] = {&summary->join_hmac, &summary->add_addr_hmac,
                                               &summary->dss_checksum};
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        count += all[i]->valid + all[i]->invalid + all[i]->unverifiable;
    }
    if (count == 0) {
        return;
    }
    sheet_title(sheet, "Verified");
    sheet_verdicts(sheet, "HMACs of joins", &summary->join_hmac);
    sheet_verdicts(sheet, "HMACs of ADD_ADDR", &summary->add_addr_hmac);
    sheet_verdicts(sheet, "checksums of DSS", &summary->dss_checksum);
}

static void findings_count(const struct sheet *sheet, uint64_t *counts)
{
    const struct mpta_tracker *tracker = model_tracker(sheet->model);
    struct mpta_finding finding;
    size_t kind_count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&kind_count);
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++) {
        counts[finding.kind - kinds] += finding.count;
    }
    for (uint32_t id = 0; id < sheet->model->connection_count; id++) {
        for (size_t i = 0; mpta_tracker_finding(tracker, id, i, &finding); i++) {
            counts[finding.kind - kinds] += finding.count;
        }
    }
}

static void sheet_findings(const struct sheet *sheet)
{
    size_t kind_count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&kind_count);
    uint64_t *counts = calloc(kind_count, sizeof *counts);
    const uint64_t *rows = model_summary(sheet->model)->findings;
    if (counts == NULL || rows[MPTA_ERROR] + rows[MPTA_WARNING] + rows[MPTA_NOTE] == 0) {
        free(counts);
        return;
    }
    findings_count(sheet, counts);
    sheet_title(sheet, "Findings, by how often they occurred");
    for (int severity = MPTA_ERROR; severity >= MPTA_NOTE; severity--) {
        for (size_t i = 0; i < kind_count; i++) {
            if ((int)kinds[i].severity == severity) {
                sheet_count(sheet, style_of_severity((enum mpta_severity)severity), kinds[i].id,
                            counts[i]);
            }
        }
    }
    free(counts);
}

/* ---- The screen itself ---------------------------------------------------------------------- */

static void sheet_memory(const struct sheet *sheet)
{
    const struct packet_store *store = sheet->model->packets;
    char limit[UNITS_TEXT_MAX];
    char whole[UNITS_TEXT_MAX];
    units_bytes(packet_store_limit(store), limit);
    sheet_title(sheet, "Kept for the screen");
    sheet_row(sheet, STYLE_NORMAL, "packets", "%" PRIu64 ", %.0f %% of %s",
              packet_store_count(store),
              100 * (double)packet_store_used(store) / (double)packet_store_limit(store), limit);
    sheet_count(sheet, STYLE_WARNING, "packets too long ago to keep",
                packet_store_end(store) - packet_store_count(store));
    sheet_row(sheet, STYLE_NORMAL, "events", "%" PRIu64,
              sheet->model->events.end - event_log_first(&sheet->model->events));
    sheet_count(sheet, STYLE_WARNING, "events too long ago to keep",
                event_log_first(&sheet->model->events));
    if (sheet->model->process_octets > 0) {
        units_bytes(sheet->model->process_octets, whole);
        sheet_row(sheet, STYLE_NORMAL, "memory of the whole program", "%s", whole);
    }
}

static void sheet_captures(const struct sheet *sheet, const struct mpta_summary *summary)
{
    for (size_t i = 0; i < sheet->model->report->capture_count; i++) {
        sheet_capture(sheet, i);
    }
    sheet_count(sheet, STYLE_NORMAL, "captured more than once", summary->duplicates);
}

/* ---- The view ------------------------------------------------------------------------------- */

static void statistics_draw(struct ui *ui, struct area area)
{
    struct page *page = &ui->states.pages[VIEW_STATISTICS];
    const struct sheet sheet = {page, ui->model, ui->progress.backlog};
    const struct mpta_summary *summary = model_summary(ui->model);
    page_begin(page, area.columns, ui->settings.utf8);
    /* Live, what is lost is asked for first. */
    if (ui->settings.live) {
        sheet_captures(&sheet, summary);
    }
    sheet_connections(&sheet, summary);
    sheet_verified(&sheet, summary);
    sheet_findings(&sheet);
    if (!ui->settings.live) {
        sheet_captures(&sheet, summary);
    }
    sheet_memory(&sheet);
    page_draw(page, area);
    list_place(&page->list, "", ui->status);
}

const struct view view_statistics = {
    .draw = statistics_draw,
    .command = page_view_command,
    .click = page_view_click,
    .search = page_view_search,
    .rows = page_view_rows,
};
