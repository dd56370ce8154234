# SPDX-License-Identifier: BSD-3-Clause
# Captures: files and live ones, and the writer that makes files.
add_library(mpta_source STATIC
    capture_writer.c
    source.c
    source_ahead.c
    source_block.c
    source_capture.c
    source_filter.c
    source_gzip.c
    source_heap.c
    source_inlet.c
    source_input.c
    source_live.c
    source_live_device.c
    source_live_filter.c
    source_live_list.c
    source_magic.c
    source_message.c
    source_pcap.c
    source_pcapng.c
    source_point.c
    source_queue.c
    source_reader.c
    source_tap.c
    source_time.c
    source_unpack.c
    source_window.c
    thread.c)
# Files of more than 2 GiB, also where long has 32 bits; zlib with const where it only reads.
target_compile_definitions(mpta_source PRIVATE _FILE_OFFSET_BITS=64 ZLIB_CONST)
target_link_libraries(mpta_source PUBLIC
    mpta_flags PkgConfig::LIBARCHIVE PkgConfig::PCAP PkgConfig::ZLIB Threads::Threads)
