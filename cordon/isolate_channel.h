/* isolate_channel.h - descriptors over the socket between a host and its keeper (isolate.h). The host sends
 * that of a check, or asks for a worker in advance by a message without one; the keeper sends those of
 * workers that wait. */
#ifndef CORDON_CORDON_ISOLATE_CHANNEL_H
#define CORDON_CORDON_ISOLATE_CHANNEL_H

#include <stdbool.h>

enum channel_state { CHANNEL_GONE = -1, CHANNEL_NOT_NOW, CHANNEL_DONE };

/* `fd` -1: the message alone. Does not wait. */
enum channel_state channel_send(int channel, int fd);

/* The next message and its descriptor, -1 where it has none, which the caller closes. `waits`: for one. */
enum channel_state channel_receive(int channel, int *fd, bool waits);

#endif
