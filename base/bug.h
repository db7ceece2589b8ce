/* bug.h - our own mistakes. BUG() is for a state that only a defect of cordon can reach; it never
 * answers for input, for a program or for the machine. It aborts, so that nothing is approved. */
#ifndef CORDON_BASE_BUG_H
#define CORDON_BASE_BUG_H

_Noreturn void bug_report(const char *file, int line, const char *what);

#define BUG(what) bug_report(__FILE__, __LINE__, what)
#define BUG_ON(condition)                                        \
    do {                                                         \
        if (__builtin_expect(!!(condition), 0)) BUG(#condition); \
    } while (0)

#endif
