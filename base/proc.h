/*
 * proc - a process of ours that outlives who started it.
 *
 * Process numbers are used again. Number, start time (ticks after boot) and boot
 * together are not, so that a file of these three names one process for good:
 *
 *   1234 567890 2f0e1b3a-...
 */
#ifndef GANTRY_BASE_PROC_H
#define GANTRY_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define PROC_BOOT_MAX 40

struct proc {
    pid_t pid;
    uint64_t start_ticks;
    char boot[PROC_BOOT_MAX];
};

/* This process. */
int proc_self(struct proc *ret, struct err *err);

int proc_write(const struct proc *p, const char *path, struct err *err);
/* ERR_NOT_FOUND: there is no such file, or it does not name a process. */
int proc_read(struct proc *ret, const char *path, struct err *err);

/* Has it not ended? One that nobody has waited for has. */
bool proc_runs(const struct proc *p);

/* A descriptor (CLOEXEC) that is readable when the process has ended, for
 * proc_signal. -1: it has. */
int proc_open(const struct proc *p);
void proc_signal(int fd, int signo);

/* What it, and helpers that it forked of itself, keep of memory: shared pages count in
 * parts (PSS). -1: the system does not say. */
int64_t proc_memory_kib(const struct proc *p);

#endif
