/* own_folder.h - a folder in which only this user and root can write, for what is kept between runs:
 * /var/cache/cordon for root, otherwise XDG_CACHE_HOME/cordon or ~/.cache/cordon. Any thread. */
#ifndef CORDON_BASE_OWN_FOLDER_H
#define CORDON_BASE_OWN_FOLDER_H

#include <stdbool.h>

/* Opens it (O_PATH), made where it is not there, and puts its path into `path` (PATH_MAX bytes). -1: there is
 * none that nobody else can change, in itself or on the way to it. */
int own_folder_open(char *path);

/* Whether nobody but us and root can change what the open folder holds; `is_last`: it must be ours. */
bool own_folder_check(int fd, bool is_last);

#endif
