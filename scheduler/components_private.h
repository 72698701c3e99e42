/*
 * components_private - between the parts of a search for components: components.c
 * places them, components_apart.c says which have no node together, and so what they
 * need, and what cannot be.
 */
#ifndef GANTRY_SCHEDULER_COMPONENTS_PRIVATE_H
#define GANTRY_SCHEDULER_COMPONENTS_PRIVATE_H

#include "scheduler/components.h"
#include "scheduler/match.h"

/* Claimants for nodes: the components of a list, with their nodes in this view. To be
 * freed with match_fini. */
void components_match(struct match *m, const struct components *all, const size_t *list,
                      size_t n);

#endif
