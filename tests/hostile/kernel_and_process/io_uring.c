/* system calls that no filter sees */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    syscall(SYS_io_uring_setup, 1, NULL);
    printf("%s: %s\n", errno == ENOSYS ? "stopped" : "ESCAPED", strerror(errno));
    return 0;
}
