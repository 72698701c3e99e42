/* scontrol show - records of jobs, nodes and partitions. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/hidden.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/jobjson.h"
#include "cmd/gantry/nodejson.h"
#include "cmd/gantry/records.h"
#include "cmd/gantry/resvs.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/slurmjson.h"

static void print(const struct scontrol *s, const struct block *b)
{
    fwrite(b->out.s, 1, b->out.len, s->cli->out);
}

static int64_t now_sec(const struct scontrol *s)
{
    return loop_now_sec(s->api.loop);
}

/* ---- jobs ---- */

static int by_id(const void *a, const void *b)
{
    const int64_t x = ((const struct jobrow *)a)->id,
                  y = ((const struct jobrow *)b)->id;

    return (x > y) - (x < y);
}

static void print_jobs(struct scontrol *s, const struct joblist *jobs,
                       const struct jobfilter *filter)
{
    BLOCK_AUTO struct block b;

    block_init(&b, s->one_line);
    for (size_t i = 0; i < jobs->n; i++) {
        if (!jobfilter_shows(filter, &jobs->rows[i]))
            continue;
        block_job(&b, &jobs->rows[i], s->users, now_sec(s));
        print(s, &b);
        str_reset(&b.out);
    }
}

static void print_jobs_json(struct scontrol *s, const struct joblist *jobs,
                            const struct jobfilter *filter)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, s->cli, "jobs");
    for (size_t i = 0; i < jobs->n; i++)
        if (jobfilter_shows(filter, &jobs->rows[i]))
            slurmjson_item(&doc, jobjson(&jobs->rows[i], s->users));
    slurmjson_end(&doc, now_sec(s));
}

/* Whether each job that was asked for is there. */
static bool all_there(const struct joblist *jobs, const struct jobfilter *filter)
{
    for (size_t k = 0; k < filter->n_jobs; k++) {
        struct job_ref one = filter->jobs[k];
        const struct jobfilter alone = {.jobs = &one, .n_jobs = 1, .any_state = true};
        bool found = false;
        for (size_t i = 0; i < jobs->n && !found; i++)
            found = jobfilter_shows(&alone, &jobs->rows[i]);
        if (!found)
            return false;
    }
    return true;
}

static int show_listed(struct scontrol *s, struct jobfilter *filter)
{
    JOBLIST_AUTO struct joblist jobs;
    PARTLIST_AUTO struct partlist parts = {0};

    joblist_init(&jobs);
    if (scontrol_jobs(s, JOB_APART, &jobs, &parts) < 0)
        return EXIT_ERROR;
    if (!all_there(&jobs, filter))
        return scontrol_fail(s, "slurm_load_jobs error: Invalid job id specified");
    if (jobs.n > 1)
        qsort(jobs.rows, jobs.n, sizeof(*jobs.rows), by_id);
    if (s->json)
        print_jobs_json(s, &jobs, filter);
    else if (jobs.n == 0 && !s->quiet)
        fprintf(s->cli->out, "No jobs in the system\n");
    else
        print_jobs(s, &jobs, filter);
    return EXIT_DONE;
}

static int show_jobs(struct scontrol *s, const char *id)
{
    JOBFILTER_AUTO struct jobfilter filter = {.any_state = true};

    if (id && *id && jobfilter_jobs(&filter, id, NULL) < 0)
        return scontrol_fail(s, "scontrol_print_job error: Invalid job id specified");
    return show_listed(s, &filter);
}

/* ---- nodes and partitions ---- */

struct lists {
    struct partlist parts;
    struct nodelist nodes;
};

static void lists_fini(struct lists *l)
{
    partlist_fini(&l->parts);
    nodelist_fini(&l->nodes);
}
#define LISTS_AUTO __attribute__((cleanup(lists_fini)))

static int fetch_lists(struct scontrol *s, struct lists *ret)
{
    JOBLIST_AUTO struct joblist jobs;
    struct err err = ERR_INIT;

    joblist_init(&jobs);
    nodelist_init(&ret->nodes);
    if (scontrol_connect(s) < 0)
        return -1;
    if (partlist_fetch(&ret->parts, &s->api, &err) < 0 ||
        nodelist_ask_gpus(&ret->nodes, &s->api, s->controller_ns, &err) < 0 ||
        nodelist_fetch(&ret->nodes, &s->api, &err) < 0 ||
        resvs_mark(&ret->nodes, &s->api, &err) < 0 ||
        joblist_fetch(&jobs, &s->api,
                      &(struct jobquery){NULL, NULL, &ret->parts, JOB_WHOLE},
                      &err) < 0) {
        scontrol_fail(s, "slurm_load_node error: %s", err.msg);
        return -1;
    }
    nodelist_settle(&ret->nodes, &jobs);
    return 0;
}

/* Prints those of `wanted` (none: all); the exit status. */
static int print_nodes(struct scontrol *s, const struct lists *l,
                       const struct hostlist *wanted)
{
    BLOCK_AUTO struct block b;
    int rc = EXIT_DONE;

    block_init(&b, s->one_line);
    for (size_t i = 0; wanted->n == 0 && i < l->nodes.n; i++)
        block_node(&b, &l->nodes.rows[i], &l->parts, s->users);
    for (size_t i = 0; i < wanted->n; i++) {
        const struct noderow *n = nodelist_find(&l->nodes, wanted->names[i]);
        if (n) {
            block_node(&b, n, &l->parts, s->users);
            continue;
        }
        block_add(&b, "Node %s not found\n", wanted->names[i]);
        rc = EXIT_ERROR;
    }
    print(s, &b);
    return rc;
}

static void print_nodes_json(struct scontrol *s, const struct lists *l,
                             const struct hostlist *wanted)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, s->cli, "nodes");
    for (size_t i = 0; wanted->n == 0 && i < l->nodes.n; i++)
        slurmjson_item(&doc, nodejson_node(&l->nodes.rows[i], &l->parts));
    for (size_t i = 0; i < wanted->n; i++) {
        const struct noderow *n = nodelist_find(&l->nodes, wanted->names[i]);
        if (n)
            slurmjson_item(&doc, nodejson_node(n, &l->parts));
    }
    slurmjson_end(&doc, now_sec(s));
}

static int show_nodes(struct scontrol *s, const char *id)
{
    HOSTLIST_AUTO struct hostlist wanted = {0};
    LISTS_AUTO struct lists l = {0};
    struct err err = ERR_INIT;

    if (id && *id && hostlist_parse(&wanted, id, &err) < 0)
        return scontrol_fail(s, "%s", err.msg);
    if (fetch_lists(s, &l) < 0)
        return EXIT_ERROR;
    if (!s->json)
        return print_nodes(s, &l, &wanted);
    print_nodes_json(s, &l, &wanted);
    return EXIT_DONE;
}

static int show_partitions(struct scontrol *s, const char *id)
{
    struct err err = ERR_INIT;
    BLOCK_AUTO struct block b;
    LISTS_AUTO struct lists l = {0};
    struct slurmjson doc;

    block_init(&b, s->one_line);
    if (fetch_lists(s, &l) < 0)
        return EXIT_ERROR;
    if ((!s->all || s->hide) && hidden_drop(&l.parts, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_load_partitions error: %s", err.msg);
    if (id && *id && !partlist_find(&l.parts, id)) {
        fprintf(s->cli->out, "Partition %s not found\n", id);
        return EXIT_ERROR;
    }
    if (s->json)
        slurmjson_begin(&doc, s->cli, "partitions");
    for (size_t i = 0; i < l.parts.n; i++) {
        const struct partition *p = l.parts.parts[i].model;
        if (id && *id && !str_eq(id, p->name))
            continue;
        if (s->json)
            slurmjson_item(&doc, nodejson_partition(p, &l.nodes));
        else
            block_partition(&b, p, &l.nodes);
    }
    if (s->json)
        slurmjson_end(&doc, now_sec(s));
    print(s, &b);
    return EXIT_DONE;
}

/* ---- which ---- */

static int show_none(struct scontrol *s, const char *what)
{
    if (!s->quiet)
        fprintf(s->cli->out, "No %s in the system\n", what);
    return EXIT_DONE;
}

static const struct entity {
    const char *name;
    int (*show)(struct scontrol *s, const char *id);
    const char *none; /* there are none of these */
} entities[] = {
    {"jobs", show_jobs, NULL},
    {"jobid", show_jobs, NULL},
    {"nodes", show_nodes, NULL},
    {"nodename", show_nodes, NULL},
    {"partitions", show_partitions, NULL},
    {"partitionname", show_partitions, NULL},
    {"steps", NULL, "job steps"},
    {"reservations", scontrol_show_resvs, NULL},
    {"reservationname", scontrol_show_resvs, NULL},
    {"licenses", scontrol_show_licenses, NULL},
    {"topology", scontrol_show_topology, NULL},
};

/* Their words are not an id. */
static const struct {
    const char *name;
    scontrol_fn *fn;
} listings[] = {
    {"hostnames", scontrol_hostnames},
    {"hostlist", scontrol_hostlist},
    {"hostlistsorted", scontrol_hostlistsorted},
    {"config", scontrol_config},
};

static int show_entity(struct scontrol *s, const char *name, const char *id)
{
    for (size_t i = 0; i < ARRAY_LEN(entities); i++)
        if (scontrol_is(name, entities[i].name))
            return entities[i].show ? entities[i].show(s, id)
                                    : show_none(s, entities[i].none);
    return scontrol_fail(s,
                         "invalid entity:%s for keyword:show (job, node, partition, "
                         "reservation, license, topology, "
                         "config, hostnames, hostlist, hostlistsorted)",
                         name);
}

/* "job 42", "job=42" */
int scontrol_show(struct scontrol *s, int argc, char **argv)
{
    char *equals = strchr(argv[1], '=');
    AUTO_FREE char *name =
        xstrndup(argv[1], equals ? (size_t)(equals - argv[1]) : strlen(argv[1]));

    /* The whole word first: hostlist begins hostlistsorted. */
    for (size_t i = 0; i < ARRAY_LEN(listings); i++)
        if (scontrol_is(name, listings[i].name))
            return listings[i].fn(s, argc - 1, argv + 1);
    if (argc > (equals ? 2 : 3))
        return scontrol_fail(s, "too many arguments for keyword:show");
    return show_entity(s, name, equals ? equals + 1 : argc > 2 ? argv[2] : NULL);
}
