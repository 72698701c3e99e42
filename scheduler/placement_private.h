/*
 * placement_private - the inside of a search: placement_gather.c gathers the nodes that
 * could take something, placement_slots.c makes slots of those that are chosen;
 * placement_choose.c chooses among them, placement_pair.c where there are units of two
 * kinds; placement_rules.c narrows them to what a job asks of its nodes together
 * (placement_counts.c: features of so many), placement_near.c before that to nodes that
 * are near each other, and placement_segment.c behind it to segments that are.
 * placement.c calls them in turn.
 */
#ifndef GANTRY_SCHEDULER_PLACEMENT_PRIVATE_H
#define GANTRY_SCHEDULER_PLACEMENT_PRIVATE_H

#include "scheduler/placement.h"

/* A node that could take `times` items: pods, or units of a divided job. Leftovers are
 * as they are before any is placed. */
struct candidate {
    size_t position;
    uint32_t place; /* in the order of ranks */
    bool required;
    int64_t weight; /* the node's: lower first; 0 where they are all the same */
    int64_t turn;   /* likewise: of leaves (placement_near.c); else 0 */
    int64_t times;  /* at most what the job has; 1 where a node takes one equal pod */
    /* What else it could take: of an even share; or of units of the second kind, with
     * none but one of the first, and once it is chosen what it gets of these. */
    int64_t also;
    int64_t take;         /* chosen: items it gets */
    int64_t idle;         /* CPU, where the least loaded nodes are best; else 0 */
    int64_t cost;         /* to others, of a pod; 0 where nodes take several */
    int64_t devices_then; /* left when the window ends */
    int64_t devices, cpu; /* when it begins */
    int64_t beside;       /* candidates on its leaf; without a topology 0 */
};

/* What is to lie on nodes, and on how many of these. */
struct order {
    int64_t items, enough; /* pods or units: at most, at least */
    int64_t least, most;   /* nodes */
    int64_t segment;       /* so many of them each lie in one block; 0: anywhere */
    size_t level;          /* of these blocks */
};
struct order order_of(const struct job *like, const struct partition *part);

/* Of a word of nodes, those that may be candidates in this view: with those that its
 * other components have for themselves, and without. */
static inline uint64_t placement_open_word(const struct placement *at, size_t word)
{
    if (at->view == VIEW_WINDOW)
        return at->window->nodes[word];
    return at->part->nodes[word] &
           (at->within != NULL ? at->within[word] : ~UINT64_C(0)) &
           (at->view == VIEW_UP ? at->shape->ready : at->shape->admits)[word];
}
static inline uint64_t placement_allowed_word(const struct placement *at, size_t word)
{
    uint64_t set = placement_open_word(at, word);

    return at->company != NULL ? set & ~at->company->shut[word] : set;
}
/* Fills the placer with what the nodes could take. */
void candidates_gather(struct placer *p, const struct cluster *c,
                       const struct placement *at);
/* One of them, unless it could take nothing. `vacant`: nothing is on it, when the
 * window begins and when it ends. */
void candidate_add(struct placer *p, const struct cluster *c,
                   const struct placement *at, size_t position, bool vacant);
/* Leaves those in the placer that the job gets in this view. */
bool placement_choose(struct placer *p, const struct cluster *c,
                      const struct placement *at, struct room *room);

/* Does it matter how near its nodes are? What has no place in time yet is chosen from
 * all nodes. */
bool placement_is_near(const struct cluster *c, const struct placement *at);
/* One pod a node, or one pod. */
bool placement_is_plain(const struct job *like);
/* Units of one kind that fit into what is free, beside one of each other; the first
 * brings the pod along. */
int64_t placement_units_in(const struct job *like, size_t kind,
                           const struct resvec *free_);
/* Are all nodes of the job's node list among those that are chosen? */
bool placement_has_list(const struct placer *p, const struct placement *at);
/* What the node has for the job in this view. False: it is no candidate. */
bool placement_space(const struct placement *at, const struct cluster *c,
                     size_t position, struct resvec *ret);

/* Best fit first. */
int candidate_compare(const void *left, const void *right);
int candidate_compare_positions(const void *left, const void *right);
int candidate_compare_places(const void *left, const void *right);
void candidates_sort(struct candidate *items, size_t n,
                     int (*compare)(const void *, const void *));

/* Candidates that are kept while some of them are tried. */
struct kept {
    struct candidate *items; /* freed by who keeps them */
    size_t n;
};
struct kept candidates_keep(const struct placer *p);
void candidates_take_back(struct placer *p, const struct candidate *items, size_t n);

/* What counts in a node for units of two kinds: both alike, or one of them first. */
enum weight { WEIGH_BOTH, WEIGH_FIRST, WEIGH_SECOND, WEIGHTS };

/* Puts those first that the job would rather have: the best fits, or where nodes take
 * several items, who can take most. */
void choose_first(struct placer *p, const struct job *like, enum weight weight);
void pair_sort(struct placer *p, const struct job *like, enum weight weight);

/* By weight, those of the node list first of all. */
int candidate_compare_weights(const void *left, const void *right);

/* Each leaves those that are chosen in the placer, with what they get. False: they are
 * too few; `room` says how much there is room for. */
bool choose_nodes(struct placer *p, const struct order *o, struct room *room);
bool choose_packed(struct placer *p, const struct order *o, struct room *room);
bool choose_spread(struct placer *p, const struct order *o, struct room *room);
bool choose_pair(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, struct room *room);
/* As the job's shape has it, in segments where the order is of these. */
bool choose_among(struct placer *p, const struct cluster *c, const struct placement *at,
                  const struct order *o, struct room *room);
/* The same within the rules for all its nodes together: */
bool choose_by_rules(struct placer *p, const struct cluster *c,
                     const struct placement *at, const struct order *o,
                     struct room *room);
/* with nodes enough of the features that are counted, if any are; */
bool choose_counted(struct placer *p, const struct cluster *c,
                    const struct placement *at, const struct order *o,
                    struct room *room);
/* if there are such rules; and the node list is among them. */
bool choose_rest(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, struct room *room);
/* And that near each other, in a cluster with a topology: under one switch of level
 * `top` or below. */
bool choose_near(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, size_t top, struct room *room);
/* The lowest level on which a switch holds it; 0, too, if none does. */
size_t near_level(struct placer *p, const struct cluster *c, const struct placement *at,
                  const struct order *o);
/* The lowest level on which a block has nodes enough for a segment, all of one
 * alternative of features, whatever else the job asks of its nodes together; 0, too, if
 * none has. */
size_t segment_level(const struct placer *p, const struct cluster *c,
                     const struct placement *at);
/* The lowest level on which a block holds all segments, each in one block of `level`;
 * 0, too, if none does. */
size_t segments_level(struct placer *p, const struct cluster *c,
                      const struct placement *at, const struct order *o, size_t level);
/* The level in one block of which each segment of a job has to be now; and the one in
 * one block of which all have to be. Keeps the candidates that there are. */
size_t placement_segment_level(struct placer *p, const struct cluster *c,
                               const struct placement *at, size_t *ret_whole);
/* In segments, each in one block; all of them in one of the level that the shape's fit
 * has as `whole`, if that is asked for. */
bool choose_segments(struct placer *p, const struct cluster *c,
                     const struct placement *at, const struct order *o,
                     struct room *room);

#endif
