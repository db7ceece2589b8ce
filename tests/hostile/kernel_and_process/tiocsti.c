/* typing into the caller's terminal: with garbage in the upper half of the request, too */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    int fd = 0, escaped = 0;
    errno = 0;
    syscall(SYS_ioctl, fd, 0xdead00000000ul | TIOCSTI, "x");
    escaped |= errno != EPERM; /* the filter answers before the kernel looks at the descriptor */
    syscall(SYS_ioctl, fd, TIOCSTI, "x");
    escaped |= errno != EPERM;
    printf("%s: %s\n", escaped ? "ESCAPED" : "stopped", strerror(errno));
    return 0;
}
