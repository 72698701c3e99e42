/*
 * nodestate - what state a node is in, by Slurm's rules and in Slurm's words
 * (slurm-semantics §9.3): a base and flags.
 *
 *   Ready is not True          DOWN, and NOT_RESPONDING where nobody heard of it
 *   all of its CPUs are held   ALLOCATED;  some of it: MIXED;  nothing: IDLE
 *   cordoned                   DRAIN: draining while jobs are there, then drained
 *   in a reservation now       RESERVED, or MAINT where that is its flag; a word of its
 *                              own when nobody is there, else a suffix
 */
#ifndef GANTRY_CLI_NODESTATE_H
#define GANTRY_CLI_NODESTATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Slurm's numbers: states are sorted by them. */
enum node_base {
    NODE_BASE_UNKNOWN,
    NODE_BASE_DOWN,
    NODE_BASE_IDLE,
    NODE_BASE_ALLOCATED,
    NODE_BASE_MIXED = 5,
};

enum {
    NODE_FLAG_RESERVED = 1 << 5,
    NODE_FLAG_DRAIN = 1 << 9,
    NODE_FLAG_COMPLETING = 1 << 10,
    NODE_FLAG_NOT_RESPONDING = 1 << 11,
    NODE_FLAG_MAINT = 1 << 15,
    NODE_FLAG_PLANNED = 1 << 29,
};

struct node_state {
    enum node_base base;
    unsigned flags;
};

/* "mixed", "draining*"; with `compact` "mix", "drng*". */
void node_state_word(const struct node_state *s, bool compact, struct str *out);
/* "MIXED+DRAIN", as scontrol has it. */
void node_state_full(const struct node_state *s, struct str *out);
/* What -S t sorts by. */
unsigned node_state_number(const struct node_state *s);
/* Whether the node takes no jobs: down, or cordoned. */
bool node_state_is_out(const struct node_state *s);
/* Whether jobs are on it. */
bool node_state_is_used(const struct node_state *s);

/* A list of states, as -t has it. */
struct node_states {
    const struct node_state_name **list;
    size_t n;
};
/* ERR_INVALID: "Bad state string: \"x\"; ...". Words by comma; '&' joins what must hold
 * together. */
int node_states_parse(struct node_states *ret, const char *text, struct err *err);
void node_states_fini(struct node_states *states);
bool node_states_has(const struct node_states *states, const struct node_state *s);

#endif
