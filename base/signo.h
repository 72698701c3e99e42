/*
 * signo - signals: the one table of their names and numbers.
 *
 * Names are without SIG ("USR1"). Only the signals that POSIX knows by name are here,
 * realtime ones and what is another machine's alone are not.
 */
#ifndef GANTRY_BASE_SIGNO_H
#define GANTRY_BASE_SIGNO_H

#include <stddef.h>

/* "USR1", "SIGUSR1", "sigusr1", "10"; 0: there is none of that name or number. */
int signo_parse(const char *text);
/* "USR1"; NULL: none of the table. Constant. */
const char *signo_name(int signo);
/* The i-th of the table, from 0; 0: there are no more. */
int signo_at(size_t i);

#endif
