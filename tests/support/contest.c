#include "tests/support/contest.h"

#include <stdio.h>

#define CONTEST_NODES 4

static const char *qos_of(struct contest *c)
{
    static const char *const words[] = {"low", "low", "normal", "high"};

    return COURSE_PICK(&c->h, words);
}

/* A running job, where there is room for it. */
static void add_running(struct contest *c)
{
    char node[16];
    int64_t cpu = 1 + course_draw(&c->h, 4), gpu = course_draw(&c->h, 4);
    struct resvec used, free_;

    snprintf(node, sizeof(node), "n%d", 1 + (int)course_draw(&c->h, CONTEST_NODES));
    if (!sched_node_usage(c->h.s, node, &used, &free_) ||
        free_.v[RES_CPU] < cpu * 1000 || free_.v[c->h.res.gpu] < gpu)
        return;
    course_tell(&c->h,
                "job %d cpu=%d x/gpu=%d qos=%s state=running start=%d in=%s on=%s%s",
                c->next_job++, (int)cpu, (int)gpu, qos_of(c),
                (int)(c->h.now_sec - course_draw(&c->h, 1000)),
                course_draw(&c->h, 2) ? "a" : "b", node,
                course_draw(&c->h, 3) ? " time=10:00:00" : "");
}

void contest_add_waiting(struct contest *c)
{
    static const char *const shapes[] = {
        "nodes=1",    "nodes=2",           "replicas=2",
        "replicas=1", "nodes=1 exclusive", "nodes=1-4 units=5 unit.cpu=1 unit.x/gpu=1"};

    course_tell(&c->h, "job %d submit=%d %s cpu=%d x/gpu=%d qos=%s partition=%s%s%s%s",
                c->next_job++, (int)c->h.now_sec, COURSE_PICK(&c->h, shapes),
                1 + (int)course_draw(&c->h, 6), (int)course_draw(&c->h, 5), qos_of(c),
                course_draw(&c->h, 2) ? "a" : "b",
                course_draw(&c->h, 3) ? " time=1:00:00" : "",
                course_draw(&c->h, 5) ? "" : " nodelist=n2",
                course_draw(&c->h, 5) ? "" : " : nodes=1 cpu=3 x/gpu=1");
}

void contest_set_up(struct contest *c)
{
    static const char *const lists[] = {"low", "low,normal", "normal"};
    static const char *const modes[] = {"", " preemptmode=CANCEL", " preemptmode=OFF",
                                        " preemptmode=REQUEUE,WITHIN"};

    course_tell(&c->h, "node n[1-%d] cpu=8 x/gpu=4", CONTEST_NODES);
    course_tell(&c->h, "partition a default");
    course_tell(&c->h, "partition b tier=2 nodes=n[1-3] grace=%d",
                (int)course_draw(&c->h, 2) * 100);
    course_tell(&c->h, "qos high priority=5 preempt=%s%s", COURSE_PICK(&c->h, lists),
                c->h.seed % 4 == 1 ? " grpJobs=3" : "");
    course_tell(&c->h, "qos normal priority=3 preempt=low exempt=%d",
                (int)course_draw(&c->h, 2) * 300);
    course_tell(&c->h, "qos low%s grace=%d", COURSE_PICK(&c->h, modes),
                (int)course_draw(&c->h, 3) * 40);
    for (int i = 0; i < 16; i++)
        add_running(c);
}
