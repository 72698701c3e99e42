/*
 * cluster_text - clusters and queues written as lines of text, for tests.
 *
 *   node n[1-4] cpu=8 mem=64G nvidia.com/gpu=8 type=h100 label.rack=r1
 *   node n6 cpu=8 features=a100,ib
 *   node n5 cpu=8 mem=64G taint.k=v:NoSchedule notready
 *                             (or: cordoned; pods=110 unless given; weight=2)
 *   partition batch default nodes=n[1-4] select.rack=r1 tier=2 factor=100
 *   partition p maxtime=1:00:00 defaulttime=30 minnodes=1 maxnodes=2 state=DOWN
 *   partition q bill.cpu=1 bill.mem=0.5 bill.node=2 bill.nvidia.com/gpu:h100=20.5
 *   partition p allowaccounts=physics denyqos=low   (also denyaccounts, allowqos,
 *                             allownamespaces)
 *   qos high priority=100 factor=0.5 flags=OverPartQOS grpTRES=cpu=4,gres/gpu:h100=2
 *           maxJobsPerUser=2 maxWall=1:00:00   (limits by their names in the API)
 *   qos high preempt=low,free preemptmode=REQUEUE grace=60 exempt=300   (seconds)
 *   partition p preemptmode=OFF grace=60 oversubscribe=FORCE:4   (Slurm's words)
 *   account physics users=ann,bob namespaces=lab
 *   account optics parent=physics shares=3 priority=5 users=ann,bob@gpu
 *           shares.ann=parent priority.ann=7 used.bob@gpu=50 asof=600
 *           grpJobs=4 limits.ann=maxJobs:2   (on one line;
 *                             bob in partition gpu only; used 50 s, as of 600, or 0)
 *   reservation maint start=3600 end=7200 nodes=n[1-2] flags=maint,overlap
 *   reservation course start=0 end=3600 repeat=daily count=2 partition=p users=ann,-bob
 *                             (also accounts, qos, groups, partitions, features=ib,
 *                             chosen=n[1-2], `all`, a resource: so much of it together)
 *   job 7 nodes=2-4 cpu=8 mem=1G nvidia.com/gpu=8 type=h100 partition=a,b time=1:00:00
 *   job 5 tasks=0-2,4-7 out=3 tasklimit=2   (an array, one of its tasks is split off;
 *                             also well=, ill= of those that have ended)
 *   job 9 taskof=5 task=3 tasklimit=2      (that task)
 *   job 6 time=1:00:00 timemin=10 deadline=7200   (a second)
 *   job 6 account=physics qos=high user=bob       (of ann, in namespace default)
 *   job 1-10 replicas=4 cpu=1 nice=5 priority=7 submit=50 begin=900 hold=user exclusive
 *                             (or: exclusiveuser, oversubscribe)
 *   job 8 nodelist=n[1-2] exclude=n3 where.rack=r1|r2 any.rack=r1 tolerate.k=v
 *   job 8 nodes=1-16 cpu=1 units=16 unit.cpu=1 maxunits=4 spread   (a divided job; its
 *                             pods' tasks are written n1/4; unittasks=0: of none)
 *   job 8 nodes=2-3 cpu=1 x/gpu=1 units=3 unit.cpu=1 units2=16 unit2.x/gpu=1   (two
 *                             kinds of units)
 *   job 8 nodes=1 cpu=4 time=60 : nodes=2 x/gpu=8   (components of a heterogeneous job;
 *                             what is not shape or place stands with the first)
 *   job 8 depend=afterok:3,after:4+5 hopeless=ends jobname=train   (Slurm's grammar;
 *                             hopeless=stays: whatever the configuration says)
 *   job 8 nodes=2 constraint=(a100|h100)&ib        (Slurm's grammar)
 *   job 8 reservation=course,lab     (one of them; inreservation=lab: it runs there)
 *   job 8 licenses=matlab:2|ansys    (one of them, or of "," all; haslicense=ansys: it
 *                             runs with that)
 *   job 8 qos=high,low               (one of them; hasqos=low: it runs with that)
 *   job 8 switches=1@10:00                         (likewise)
 *   job 8 nodes=4 segment=2
 *   job 3 state=ended failed                (also aside: not taken in yet)
 *   job 9 cpu=1 state=running start=100 in=batch on=n1:2,n2     (n1 has two pods)
 *   job 9 ... in=p on=n1 alone                  (p was exclusive when it started; or:
 *                             owned, it was so for its user)
 *   job 9 ... state=running preemptedby=3 preemptend=160
 *   pod web-1 on=n1 cpu=2                   (ofjob: left of a job that is gone;
 *                             and partition=batch: which was in it)
 *   job 9 cpu=9 addedmilli=1000             (of its CPUs, what the server adds)
 *   gone node n1              (also: partition, qos, account, reservation, job,
 *                             pod)
 *
 * A job's uid is "job-<number>", its job id the number unless `id=` says otherwise; it
 * asks for one pod unless told. `where.` keys must all hold, `any.` keys are
 * alternatives. Resource names are cpu, mem, disk, and any with a slash.
 */
#ifndef GANTRY_TESTS_SUPPORT_CLUSTER_TEXT_H
#define GANTRY_TESTS_SUPPORT_CLUSTER_TEXT_H

#include "base/err.h"
#include "base/str.h"
#include "scheduler/sched.h"

/* Gets each change; an upsert's struct is its to keep. */
typedef void cluster_text_fn(void *arg, const struct change *change);

/* Reads one line; names of new resources are interned in `res`. Blank lines and lines
 * that begin with '#' are nothing. */
int cluster_text_line(struct restable *res, const char *line, cluster_text_fn *fn,
                      void *arg, struct err *err);

/* Applies lines (separated by newlines) to a core and tells it of `res`. Aborts with a
 * message on bad text: a test's own mistake. */
void cluster_text_apply(struct sched *s, struct restable *res, const char *lines);

/* For tests below the core; each line must make exactly one. */
struct node *cluster_text_node(struct restable *res, const char *line);
struct partition *cluster_text_partition(struct restable *res, const char *line);
struct job *cluster_text_job(struct restable *res, const char *line);

/* One line per decision, as scenario files have them:
 * "  start 1 in batch on n[1-2], limit 01:00:00, priority 1000". Behind nodes stand
 * pods (n1:2), tasks of a pod (n1/4) and, where they differ, its devices (n1/4+8). */
void cluster_text_decision(const struct decision *decision, struct str *out);

#endif
