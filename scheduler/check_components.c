/* The same questions for the components of a heterogeneous job: each by itself, then
 * all beside each other. */
#include "base/util.h"
#include "scheduler/check_private.h"

void check_say_component(size_t component, struct str *message)
{
    str_addf(message, "component %zu: ", component);
}

/* "component 1: needs 2 nodes with cpu=4". */
static void say_lacking(const struct components *all, size_t lacking,
                        struct str *message)
{
    check_say_component(lacking, message);
    check_say_need(all->cluster, shape_component(all->at.shape, lacking)->like,
                   components_part(all, lacking)->part, message);
}

/* Each fits by itself; do they beside each other? */
static enum reason judge_together(struct components *all, struct str *message)
{
    static const struct {
        enum view view;
        enum reason reason;
        const char *which;
    } views[] = {
        {VIEW_WHOLE, REASON_BAD_CONSTRAINTS, ""},
        {VIEW_UP, REASON_CONSTRAINTS, " that are neither down nor drained"},
    };
    size_t lacking;

    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        all->at.view = views[i].view;
        if (!components_may_fit(all, &lacking)) {
            say_lacking(all, lacking, message);
            str_addf(message,
                     "; beside those of the other components partition %s has "
                     "too few%s",
                     components_part(all, lacking)->part->name, views[i].which);
            return views[i].reason;
        }
    }
    return REASON_NONE;
}

enum reason check_components(struct placer *p, const struct cluster *c,
                             struct shape *shape, const struct partrec *part,
                             struct str *message)
{
    struct components all = {
        .placer = p, .cluster = c, .at = {.shape = shape, .part = part}};

    for (size_t i = 0; i <= shape->like->n_others; i++) {
        enum reason reason;

        check_say_component(i, message);
        reason = check_component(p, c, shape_component(shape, i),
                                 components_part(&all, i), message);
        if (reason != REASON_NONE)
            return reason;
        str_reset(message);
    }
    return judge_together(&all, message);
}

enum reason check_components_busy(const struct components *all, struct str *message)
{
    struct placement at = all->at;
    size_t lacking;

    for (size_t i = 0; i <= all->at.shape->like->n_others; i++) {
        at.shape = shape_component(all->at.shape, i);
        at.part = components_part(all, i);
        window_set(all->window, &all->seekers[i], all->first);
        str_reset(message);
        check_say_component(i, message);
        if (check_busy(all->placer, all->cluster, &at, &all->seekers[i], message) !=
            REASON_PRIORITY)
            return REASON_RESOURCES;
    }
    str_reset(message);
    if (!components_fit(all, &lacking)) {
        say_lacking(all, lacking, message);
        str_add(message, "; too few are free beside those of the others");
        return REASON_RESOURCES;
    }
    str_add(message, "all components fit now, but other jobs are planned there");
    return REASON_PRIORITY;
}
