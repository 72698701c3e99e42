/*
 * lodging - several claimants, each of whom needs so many nodes, of which some can take
 * several of them together: if there is any way to serve them all, it is found.
 *
 * Of each node it is known which claimants it can take together (parties). Nodes are
 * looked at in their order, those first that somebody must have; each takes the first
 * of its parties, all of whose members still need a node, with which the nodes behind
 * it can serve the rest: larger ones come before smaller ones, and these in the order
 * of their numbers, bit by claimant.
 *
 *     needs   a: 2, b: 1       n1  {a} {b}    n2  {ab} {a} {b}    n3  {b}
 *     takes                        a              ab                  -
 *
 * What has been found to be in vain, from a node on with so much left to serve, is not
 * looked at again; so it is for few claimants with small needs only.
 *
 * Where not all nodes may be used, those that count are used no more than may be.
 *
 * Where nodes enough are not all, the caller is asked: each node takes one of its
 * parties that are part of no other, in the same order, and of so many ways to divide
 * all nodes the first is taken in which everybody says it is served.
 */
#ifndef GANTRY_SCHEDULER_LODGING_H
#define GANTRY_SCHEDULER_LODGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LODGERS_MAX 6 /* their sets have a bit each in a word */
/* So many different states of what is still needed. */
#define LODGING_STATES_MAX 1024
/* So many ways to divide the nodes are tried. */
#define LODGING_WAYS_MAX 64

/* A node. Sets of claimants are bits; a set of these has the bit 1 << set. */
struct lodge {
    size_t position;
    uint64_t parties; /* with all that are part of one; the empty one too */
    unsigned must;    /* have it; all of them are of its parties */
    bool counts;      /* among those of which only so many may be used */
    unsigned given;   /* ret */
};

struct lodging {
    size_t n; /* claimants */
    int64_t need[LODGERS_MAX];
    bool whole;    /* no node is left out */
    uint16_t most; /* of those that count: so many may be used; at first, all */
    struct lodge *items;
    size_t n_items, cap;
};

/* Is it for so many, who need so much? Each needs one node at least. */
bool lodging_is_for(const int64_t *needs, size_t n);
void lodging_init(struct lodging *l, const int64_t *needs, size_t n);
void lodging_fini(struct lodging *l);
/* The next node, in their order; those that somebody must have are the first. One that
 * is like as many before it as could be used at all is left out, if it may be. */
void lodging_add(struct lodging *l, const struct lodge *lodge);
/* Gives each what it needs; false: that cannot be. */
bool lodging_find(struct lodging *l);
/* Divides all nodes, of which none is left out, so that each has what it needs and
 * says so; false: no such way was found. */
typedef bool lodging_fn(void *arg, const struct lodging *l);
bool lodging_divide(struct lodging *l, lodging_fn *is_served, void *arg);

#endif
