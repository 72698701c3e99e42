/* What a job waits for that could start but for what is in use or planned. */
#include "scheduler/check_private.h"

#define MESSAGE_MAX 2048

/* "under at most 2 switches" */
static void say_switches(int64_t most, const char *before, struct str *message)
{
    if (most > 0)
        str_addf(message, "%s%lld switch%s", before, (long long)most,
                 most == 1 ? "" : "es");
}

/* "2 are free now". */
static void say_nodes_now(int64_t count, const char *feature, const char *how,
                          struct str *message)
{
    if (count == 0)
        str_add(message, "none");
    else
        str_addf(message, "%lld", (long long)count);
    if (feature != NULL)
        str_addf(message, " with %s", feature);
    str_addf(message, " %s free%s now", count > 1 ? "are" : "is", how);
}

static void say_room_now(const struct cluster *c, const struct job *like,
                         const struct room *room, const char *how, struct str *message)
{
    if (room->pods == 0)
        str_add(message, "none");
    else
        check_say_room(c, like, room, message);
    str_addf(message, " %s%s now", room->pods > 1 ? "fit" : "fits", how);
}

enum reason check_busy(struct placer *p, const struct cluster *c,
                       const struct placement *now, const struct seeker *by,
                       struct str *message)
{
    const struct job *like = now->shape->like;
    struct room room = {0};
    bool fits = window_is_enough(now->window, by);
    bool nodes = check_counts_nodes(like) && placement_is_flat(c, now);
    STR_AUTO struct str how;

    if (!nodes)
        fits = placement_fits(p, c, now, &room);
    str_init(&how, MESSAGE_MAX);
    str_add(&how, check_side_by_side(like, &room));
    say_switches(placement_most_leaves(now), " under ", &how);
    check_say_need(c, like, now->part->part, message);
    str_add(message, room.block && like->segment == 0 ? ", in one block" : "");
    say_switches(placement_most_leaves(now), ", under at most ", message);
    str_add(message, "; ");
    if (nodes)
        say_nodes_now(window_count(now->window, by), NULL, "", message);
    else if (room.lacks != NULL)
        say_nodes_now(room.pods, room.lacks->text, "", message);
    else if (check_counts_nodes(like) ||
             (room.nodes > 0 && check_lacks_nodes(like, now->part, &room)))
        say_nodes_now((int64_t)room.nodes, NULL, how.s, message);
    else
        say_room_now(c, like, &room, how.s, message);
    if (fits)
        str_add(message, ", but other jobs are planned there");
    else if (like->n_node_list > 0)
        str_add(message, "; all nodes of its node list must be free");
    if (!fits)
        check_say_bound(now->part, message);
    return fits ? REASON_PRIORITY : REASON_RESOURCES;
}
