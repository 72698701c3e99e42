#include "cmd/gantry-sim/inputs.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/saved.h"
#include "crds/wiring.h"

#define COMPLAINTS_MAX 10
#define NAMES_SAID 5
#define NAMES_TEXT_MAX 4096

void inputs_init(struct inputs *in, const struct options *options)
{
    *in = (struct inputs){.options = options};
    pool_init(&in->pool);
    workload_init(&in->load);
}

void inputs_fini(struct inputs *in)
{
    outages_fini(&in->outages);
    workload_fini(&in->load);
    pool_fini(&in->pool);
}

/* ---- options that belong together ---- */

static bool has_amounts(const struct options *o)
{
    return o->groups.gpus || o->groups.cpus || o->groups.memory;
}

bool options_explain(const struct options *o)
{
    return o->snapshot && !o->replay && !o->compare && !o->workload && !o->svg;
}

static int check_cluster(const struct options *o, struct err *err)
{
    if (o->snapshot && (o->cluster || o->groups.nodes || has_amounts(o)))
        return err_set(err, ERR_INVALID,
                       "--snapshot: has all nodes; not with --cluster, --nodes, --gpus "
                       "and the like");
    if (!o->groups.nodes && !o->cluster && !o->snapshot)
        return err_set(err, ERR_INVALID, "--nodes is missing: on how many?");
    if (o->cluster && (o->groups.nodes || has_amounts(o)))
        return err_set(
            err, ERR_INVALID,
            "--cluster: has all nodes; not with --nodes, --gpus and the like");
    return 0;
}

/* As of a script's variable that is not set. */
static int check_files(const struct options *o, struct err *err)
{
    const struct {
        const char *option, *file;
    } files[] = {
        {"workload", o->workload}, {"cluster", o->cluster},   {"topology", o->topology},
        {"outages", o->outages},   {"snapshot", o->snapshot}, {"config", o->config},
        {"svg", o->svg},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        if (files[i].file && *files[i].file == '\0')
            return err_set(err, ERR_INVALID, "--%s: the name of the file is empty",
                           files[i].option);
    return 0;
}

int options_check(const struct options *o, struct err *err)
{
    const char *environment = getenv("GANTRY_CONFIG");
    if (check_files(o, err) < 0)
        return -1;
    if (o->compare && o->config && !str_eq(o->config, environment))
        return err_set(err, ERR_INVALID,
                       "--config: not with --compare, which names its settings files");
    if (!o->workload && !o->snapshot)
        return err_set(err, ERR_INVALID, "--workload is missing: what is to run?");
    if (check_cluster(o, err) < 0)
        return -1;
    if (o->replay && !o->snapshot)
        return err_set(err, ERR_INVALID,
                       "--replay: says what becomes of a --snapshot; a workload is "
                       "replayed anyway");
    if (options_explain(o) && (o->outages || o->topology))
        return err_set(err, ERR_INVALID,
                       "--%s: is of a replay; of a --snapshot with --replay",
                       o->outages ? "outages" : "topology");
    if (o->begin && (o->snapshot || !o->workload))
        return err_set(
            err, ERR_INVALID,
            "--begin: is for a workload; a snapshot begins when it was saved");
    if (o->svg && o->compare)
        return err_set(err, ERR_INVALID, "--svg: one replay only, without --compare");
    return 0;
}

/* ---- settings ---- */

static int add_settings(struct inputs *in, const char *path, struct err *err)
{
    struct settings *s = &in->settings[in->n];
    if (in->n == SETTINGS_MAX)
        return err_set(err, ERR_INVALID, "--compare: at most %d settings",
                       SETTINGS_MAX);
    settings_default(s);
    if (path && settings_load(s, path, err) < 0)
        return -1;
    in->names[in->n++] = path ? path : "default";
    return 0;
}

int inputs_settings(struct inputs *in, char **operands, struct err *err)
{
    const struct options *o = in->options;
    if (!o->compare && *operands)
        return err_set(err, ERR_INVALID, "unexpected argument \"%s\"", *operands);
    if (!o->compare)
        return add_settings(in, o->config, err);
    if (!*operands)
        return err_set(err, ERR_INVALID, "--compare: settings files are missing");
    for (; *operands; operands++) {
        if (**operands == '\0')
            return err_set(err, ERR_INVALID,
                           "--compare: the name of a settings file is empty");
        if (add_settings(in, *operands, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- the cluster ---- */

/* Its settings are those that were saved, unless others are named. */
static int read_snapshot(struct inputs *in, struct saved *saved, struct err *err)
{
    const struct options *o = in->options;
    if (saved_read(o->snapshot, &in->pool, o->workload ? NULL : &in->load, saved, err) <
        0)
        return -1;
    if (o->config || o->compare)
        return 0;
    in->settings[0].sched = saved->config;
    in->names[0] = "as saved";
    return 0;
}

/* Settings by which objects are read: what the cluster is, not a policy for it. */
static const struct {
    const char *key;
    size_t at; /* the text in struct settings */
} readings[] = {
    {"gpuResource", offsetof(struct settings, gpu_resource)},
    {"gpuTypeLabel", offsetof(struct settings, gpu_type_label)},
    {"timeZone", offsetof(struct settings, time_zone)},
};

static const char *reading(const struct inputs *in, size_t i, size_t key)
{
    return (const char *)&in->settings[i] + readings[key].at;
}

/* All settings are to replay on the same cluster. */
static int check_readings(const struct inputs *in, const char *path, struct err *err)
{
    for (size_t i = 1; i < in->n; i++)
        for (size_t k = 0; k < ARRAY_LEN(readings); k++)
            if (!str_eq(reading(in, 0, k), reading(in, i, k)))
                return err_set(err, ERR_INVALID,
                               "--compare: %s is \"%s\" by %s and \"%s\" by %s; %s is "
                               "read once, so all must say the same",
                               readings[k].key, reading(in, 0, k), in->names[0],
                               reading(in, i, k), in->names[i], path);
    return 0;
}

static void say_passed_over(const char *path, const char *columns)
{
    if (columns)
        fprintf(stderr,
                "gantry-sim: %s: passed over, as nothing is known of them: %s\n", path,
                columns);
}

static int read_objects(struct inputs *in, const char *path, struct err *err)
{
    if (check_readings(in, path, err) < 0)
        return -1;
    return pool_read_objects(&in->pool, path, &in->settings[0], err);
}

static int read_file(struct inputs *in, const char *path, struct err *err)
{
    bool objects =
        str_ends(path, ".yaml") || str_ends(path, ".yml") || str_ends(path, ".json");
    in->pool.dated = in->options->begin != NULL;
    int rc = objects ? read_objects(in, path, err) : pool_read(&in->pool, path, err);
    if (rc == 0)
        say_passed_over(path, in->pool.passed_over);
    return rc < 0 ? -1 : pool_check_names(&in->pool, err);
}

static int read_pool(struct inputs *in, struct saved *saved, struct err *err)
{
    const struct options *o = in->options;
    if (o->snapshot)
        return read_snapshot(in, saved, err);
    return o->cluster ? read_file(in, o->cluster, err)
                      : pool_add(&in->pool, &o->groups, err);
}

static int read_wiring(struct inputs *in, const char *path, struct wiring_levels *ret,
                       struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, WIRING_BYTES_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    return wiring_read(text.s, text.len, path, in->pool.nodes, in->pool.n, ret, err);
}

/* With --compare each settings file says how the topology is used, if it is. */
static int read_topology(struct inputs *in, struct err *err)
{
    struct wiring_levels levels;

    if (!in->options->topology)
        return 0;
    if (read_wiring(in, in->options->topology, &levels, err) < 0)
        return -1;
    for (size_t i = 0; i < in->n; i++) {
        in->settings[i].sched.topology_labels = levels.labels;
        in->settings[i].sched.block_sizes = (struct block_sizes){0};
        if (!in->options->compare)
            in->settings[i].sched.topology_kind = levels.kind;
    }
    return 0;
}

/* ---- the workload ---- */

static void complain(void *arg, size_t row, const char *what)
{
    struct inputs *in = arg;
    if (in->n_complaints++ < COMPLAINTS_MAX)
        fprintf(stderr, "gantry-sim: %s:%zu: left out: %s\n", in->options->workload,
                row, what);
}

/* All settings are to replay the same jobs. */
static int64_t least_array_size(const struct inputs *in)
{
    int64_t least = in->settings[0].max_array_size;
    for (size_t i = 1; i < in->n; i++)
        least = MIN(least, in->settings[i].max_array_size);
    return least;
}

static int read_workload(struct inputs *in, struct err *err)
{
    const char *path = in->options->workload;
    const struct workload_file file = {path, least_array_size(in), complain, in};
    if (!path)
        return 0;
    int rc = workload_read(&in->load, &file, err);
    if (rc == 0)
        say_passed_over(path, in->load.passed_over);
    if (in->n_complaints > COMPLAINTS_MAX)
        fprintf(stderr, "gantry-sim: %s: %zu more rows are broken\n", path,
                in->n_complaints - COMPLAINTS_MAX);
    return rc;
}

/* As many as fit into the line. */
static void say_names(const char *const *names, size_t n, struct str *out)
{
    for (size_t i = 0; i < n && i < NAMES_SAID; i++)
        str_addf(out, "%s%s", i > 0 ? ", " : "", names[i]);
    if (n > NAMES_SAID)
        str_addf(out, " and %zu more", n - NAMES_SAID);
}

static bool has_name(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (names[i] == name) /* each is there once: workload_name */
            return true;
    return false;
}

/* Names of jobs that say nothing to the cluster, where it has none of that kind at all:
 * they are another system's. */
struct foreign {
    size_t at;  /* the name in struct work */
    bool stays; /* figures are told by it */
    const char *said;
};

static const struct foreign foreign[] = {
    {offsetof(struct work, qos), false, "QOS of %zu jobs are passed over"},
    {offsetof(struct work, partition), false,
     "partitions of %zu jobs are passed over (all nodes are one)"},
    {offsetof(struct work, account), true,
     "accounts of %zu jobs have no shares and no limits"},
};

static bool is_foreign(const struct pool *p, size_t at)
{
    return at == offsetof(struct work, qos)         ? p->n_qos == 0
           : at == offsetof(struct work, partition) ? p->n_partitions == 0
                                                    : p->n_accounts == 0;
}

static void pass_over(struct inputs *in, const struct foreign *f)
{
    AUTO_FREE const char **names = xcalloc(in->load.n_names + 1, sizeof(*names));
    size_t n_names = 0, n_jobs = 0;
    STR_AUTO struct str said;
    str_init(&said, NAMES_TEXT_MAX);
    for (size_t i = 0; i < in->load.n; i++) {
        const char **name = (const char **)((char *)&in->load.jobs[i] + f->at);
        if (**name == '\0')
            continue;
        if (!has_name(names, n_names, *name))
            names[n_names++] = *name;
        if (!f->stays)
            *name = "";
        n_jobs++;
    }
    if (n_jobs == 0)
        return;
    str_addf(&said, f->said, n_jobs);
    str_add(&said, ", as the cluster has none: ");
    say_names(names, n_names, &said);
    fprintf(stderr, "gantry-sim: %s: %s\n", in->options->workload, said.s);
}

static void pass_over_foreign(struct inputs *in)
{
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
        if (is_foreign(&in->pool, foreign[i].at))
            pass_over(in, &foreign[i]);
}

/* A file's own clock to that of the cluster. */
static void set_clock(struct inputs *in, int64_t begin_sec)
{
    if (!in->options->workload)
        return;
    const int64_t later_sec = begin_sec - workload_begin(&in->load);
    workload_shift(&in->load, later_sec);
    for (size_t i = 0; i < in->outages.n; i++)
        in->outages.items[i].sec += later_sec;
}

int inputs_read(struct inputs *in, char **operands, struct err *err)
{
    const struct options *o = in->options;
    struct saved saved = {.now_sec = TIME_UNSET};
    if (o->begin && time_parse_rfc3339(o->begin, &in->begin_sec, err) < 0)
        return err_prefix(err, "--begin");
    if (inputs_settings(in, operands, err) < 0 || read_pool(in, &saved, err) < 0 ||
        read_topology(in, err) < 0)
        return -1;
    if (o->outages && outages_read(&in->outages, o->outages, &in->pool, err) < 0)
        return -1;
    if (read_workload(in, err) < 0)
        return -1;
    if (o->workload)
        pass_over_foreign(in);
    if (o->begin)
        set_clock(in, in->begin_sec);
    if (saved.now_sec != TIME_UNSET)
        set_clock(in, saved.now_sec);
    return 0;
}

void inputs_say_job(const struct inputs *in, size_t job, struct str *out)
{
    const struct work *work = &in->load.jobs[job];
    if (work->whole)
        str_addf(out, "%s: job %zu", in->options->snapshot, work->row);
    else
        str_addf(out, "%s:%zu", in->options->workload, work->row);
}
