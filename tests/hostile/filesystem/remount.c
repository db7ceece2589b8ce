/* a mount of its own, and a remount of the root */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>
int main(void)
{
    int made = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && mount("none", "/proc", "tmpfs", 0, NULL) == 0;
    puts(made ? "ESCAPED: mounted" : "stopped: mount");
    return 0;
}
