/* the same by clone, with garbage in the upper half of the flags */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    if (pid > 0)
        puts("ESCAPED: clone");
    else
        printf("stopped: %s\n", strerror(errno));
    return 0;
}
