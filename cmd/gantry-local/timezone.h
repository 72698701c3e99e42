/*
 * timezone - the names of time zones: "Europe/Berlin", "UTC".
 *
 * Names alone: nothing here runs by a clock of theirs. They are a table, since not
 * every machine has the database.
 */
#ifndef GANTRY_LOCAL_TIMEZONE_H
#define GANTRY_LOCAL_TIMEZONE_H

#include <stdbool.h>

/* Case counts, as there. */
bool timezone_is_known(const char *name);

#endif
