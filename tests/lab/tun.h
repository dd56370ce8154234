/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TUN device inside a named network namespace.
 */
#ifndef LAB_TUN_H
#define LAB_TUN_H

/*
 * Creates the device in the namespace /run/netns/NAME and returns a non-blocking descriptor of it,
 * or -1 (errno tells). The device lives as long as the descriptor.
 */
int tun_open(const char *namespace, const char *device);

#endif
