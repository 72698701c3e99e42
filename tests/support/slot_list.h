/*
 * slot_list - lists of slots (scheduler/model.h) that tests put together one by one.
 */
#ifndef GANTRY_TESTS_SLOT_LIST_H
#define GANTRY_TESTS_SLOT_LIST_H

#include "scheduler/model.h"

/* Makes the list one with another slot behind; its name is copied. */
void slot_list_add(const struct slot **list, size_t *n, const struct slot *slot);
/* The same on node `<prefix><number>`. */
void slot_list_add_on(const struct slot **list, size_t *n, const char *prefix,
                      size_t number, const struct slot *slot);

#endif
