/*
 * components_private - between the parts of a search for components: components.c
 * places them one after the other, components_match.c finds any way that there is, also
 * on nodes that several share (components_lodge.c), components_apart.c says which have
 * no node together, and so what they need, and what cannot be.
 */
#ifndef GANTRY_SCHEDULER_COMPONENTS_PRIVATE_H
#define GANTRY_SCHEDULER_COMPONENTS_PRIVATE_H

#include "scheduler/components.h"
#include "scheduler/match.h"

/* The slots of one component. */
struct share {
    const struct slot *slots;
    size_t n;
};

static inline size_t components_count(const struct components *all)
{
    return all->at.shape->like->n_others + 1;
}

/* Of one component, with its window set. */
struct placement components_placement(const struct components *all, size_t component,
                                      const struct company *company);
/* On no nodes but those. */
bool components_place_on(const struct components *all, size_t component,
                         const uint64_t *given, struct share *ret);
/* Beside those that have their shares already, on those nodes (NULL: any). */
bool components_place_beside(const struct components *all, size_t component,
                             const uint64_t *given, struct share *shares);
/* In rank order; the shares are freed. */
const struct slot *components_join(struct share *shares, size_t n_shares,
                                   size_t *ret_n);
void components_free(struct share *shares, size_t n);

/* Claimants for nodes: the components of a list, with their nodes in this view; one of
 * which a node may have several pods stands there for each of them. To be freed with
 * match_fini. */
void components_match(struct match *m, const struct components *all, const size_t *list,
                      size_t n);
/* Each on the nodes that it was given; NULL: somebody has no place there. */
const struct slot *components_place_given(const struct components *all,
                                          const struct match *m, size_t *ret_n);
/* Of those claimants, which are all components, some may share nodes; likewise. */
const struct slot *components_lodge(const struct components *all, struct match *m,
                                    size_t *ret_n);
/* On the fewest nodes, not counting those of a set. */
const struct slot *components_lodge_on_fewest(const struct components *all,
                                              struct match *m,
                                              const uint64_t *uncounted, size_t *ret_n);
/* How many these are, if nodes are empty; -1: it is not known. */
int64_t components_lodge_fewest(const struct components *all, struct match *m,
                                const uint64_t *uncounted);
/* Where one after the other finds none; NULL: there is none, or it is not known. */
const struct slot *components_place_any_way(const struct components *all,
                                            size_t *ret_n);

#endif
