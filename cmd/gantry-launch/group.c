#include "cmd/gantry-launch/group.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

/* "PID (NAME) STATE PPID GROUP ...", NAME being anything; -1: it has gone. */
static pid_t group_of(pid_t pid)
{
    char path[64], line[512];
    int group = -1;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *in = fopen(path, "re");
    if (!in)
        return -1;
    const char *behind = fgets(line, sizeof(line), in) ? strrchr(line, ')') : NULL;
    if (!behind || sscanf(behind, ") %*c %*d %d", &group) != 1)
        group = -1;
    fclose(in);
    return group;
}

/* Stopped ourselves, we could not hear of what is to continue. */
static void stop_others(void)
{
    DIR *all = opendir("/proc");
    if (!all)
        return;
    for (const struct dirent *entry; (entry = readdir(all));) {
        const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (isdigit((unsigned char)entry->d_name[0]) && pid != getpid() &&
            group_of(pid) == getpgrp())
            kill(pid, SIGSTOP);
    }
    closedir(all);
}

void group_signal(int signo)
{
    if (signo == SIGSTOP)
        stop_others();
    else
        kill(0, signo);
}
