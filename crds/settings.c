#include "crds/settings.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"
#include "base/yaml.h"
#include "crds/convert.h"
#include "crds/licenses.h"
#include "crds/tresweights.h"

#define WEIGHT_MAX 0xffffffffLL /* as in Slurm: 32 bits */

enum setting_type {
    SETTING_INT,
    SETTING_DURATION,
    SETTING_TEXT,
    SETTING_BOOL,
    SETTING_WORD,
    SETTING_FLAGS,
    SETTING_LICENSES,
    SETTING_LABELS,
    SETTING_SIZES,
    SETTING_PREEMPT,
    SETTING_WEIGHTS,
    SETTING_ENFORCE
};

static const struct setting {
    const char *key;
    enum setting_type type;
    size_t offset;
    int64_t min, max;
    const char *default_text; /* for people */
    const char *help;
    bool at_start; /* taken from the file when a program starts, and kept */
} table[] = {
    {"priorityWeightAge", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_age), 0, WEIGHT_MAX, "1000",
     "weight of a job's age in its priority", false},
    {"priorityWeightPartition", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_partition), 0, WEIGHT_MAX, "1000",
     "weight of the partition's priorityJobFactor, against the largest", false},
    {"priorityWeightQOS", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_qos), 0, WEIGHT_MAX, "1000",
     "weight of the QOS's priority, against the largest", false},
    {"priorityWeightShortLimit", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_short_limit), 0, WEIGHT_MAX, "0",
     "weight of a short time limit (Gantry's own): a twentieth less for each doubling",
     false},
    {"priorityWeightSmallSize", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_small_size), 0, WEIGHT_MAX, "0",
     "weight of a small share of the cluster (likewise): a twentieth less for each "
     "doubling",
     false},
    {"priorityWeightJobSize", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_job_size), 0, WEIGHT_MAX, "0",
     "weight of the share of the cluster that a job asks for", false},
    {"priorityWeightFairshare", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_fairshare), 0, WEIGHT_MAX, "1000",
     "weight of the place of the job's user in the fair tree of accounts", false},
    {"priorityWeightAssoc", SETTING_INT,
     offsetof(struct settings, sched.priority_weight_assoc), 0, WEIGHT_MAX, "0",
     "weight of the priority of the account or its member, against the largest", false},
    {"priorityWeightTRES", SETTING_WEIGHTS,
     offsetof(struct settings, sched.priority_weight_tres), 0, 0, "none",
     "weights of what a job asks for, against all of its partition: "
     "cpu=1000,gres/gpu=2000",
     false},
    {"priorityFavorSmall", SETTING_BOOL,
     offsetof(struct settings, sched.priority_favor_small), 0, 0, "false",
     "job size favours small jobs, not large ones", false},
    {"priorityMaxAge", SETTING_DURATION,
     offsetof(struct settings, sched.priority_max_age_sec), 1, INT64_MAX, "7-0",
     "age at which the age factor is full", false},
    {"priorityDecayHalfLife", SETTING_DURATION,
     offsetof(struct settings, sched.decay_half_life_sec), 0, INT64_MAX, "7-0",
     "time after which half of what was used is forgotten; 0: nothing is", false},
    {"priorityCalcPeriod", SETTING_DURATION,
     offsetof(struct settings, sched.calc_period_sec), 60, 86400, "5",
     "how often usage is charged and fair shares are found anew", false},
    {"priorityFlags", SETTING_FLAGS, offsetof(struct settings, sched.priority_flags), 0,
     0, "none", "words of Slurm's PriorityFlags, apart by commas", false},
    {"priorityUsageResetPeriod", SETTING_WORD,
     offsetof(struct settings, sched.usage_reset), 0, 0, "NONE",
     "when usage is forgotten: NONE, NOW (at each start), DAILY, WEEKLY, MONTHLY, "
     "QUARTERLY or YEARLY, in UTC",
     false},
    {"fairShareDampeningFactor", SETTING_INT,
     offsetof(struct settings, sched.fair_share_damping), 1, 65533, "1",
     "with NO_FAIR_TREE: the larger, the less does usage take off a fair share", false},
    {"accountingStorageEnforce", SETTING_ENFORCE,
     offsetof(struct settings, sched.limits_safe), 0, 0, "associations,limits,qos",
     "with safe, jobs start only where limits on TRES minutes and wall time let them "
     "run to their end; associations, limits and qos are enforced always",
     false},
    {"overTimeLimit", SETTING_DURATION, offsetof(struct settings, sched.over_time_sec),
     0, INT64_MAX, "0", "how long a job may run on past its time limit", false},
    {"resvOverRun", SETTING_DURATION,
     offsetof(struct settings, sched.resv_over_run_sec), 0, INT64_MAX, "0",
     "how long a job may run on past the end of its reservation", false},
    {"schedulerParameters.bfWindow", SETTING_DURATION,
     offsetof(struct settings, sched.window_sec), 60, 1095 * 86400LL, "7-0",
     "how far ahead jobs are planned (minutes, or a duration)", false},
    {"schedulerParameters.bfMaxJobTest", SETTING_INT,
     offsetof(struct settings, sched.max_job_test), 1, 1000000, "1000000",
     "waiting jobs that are planned, from the front of the queue", false},
    {"schedulerParameters.reservationDepth", SETTING_INT,
     offsetof(struct settings, sched.reservation_depth), 0, 1000000, "1000000",
     "of them, those that are promised their start", false},
    {"schedulerParameters.bfMinAgeReserve", SETTING_INT,
     offsetof(struct settings, sched.min_age_reserve_sec), 0, 366 * 86400LL, "0",
     "seconds that a job has waited before it is promised a start", false},
    {"schedulerParameters.bfMinPrioReserve", SETTING_INT,
     offsetof(struct settings, sched.min_prio_reserve), 0, INT64_MAX, "0",
     "priority that a job has before it is promised a start", false},
    {"schedulerParameters.backfillOrder", SETTING_WORD,
     offsetof(struct settings, sched.backfill_order), 0, 0, "area",
     "who is offered free room first: queue, limit (the shortest), area (limit x size)",
     false},
    {"schedulerParameters.killInvalidDepend", SETTING_BOOL,
     offsetof(struct settings, sched.kill_invalid_depend), 0, 0, "false",
     "jobs whose dependencies can never be met are cancelled", false},
    {"schedulerParameters.requeueDelay", SETTING_INT,
     offsetof(struct settings, sched.requeue_delay_sec), 0, 86400, "120",
     "seconds before a job that was preempted may start again", false},
    {"schedulerParameters.maxSwitchWait", SETTING_INT,
     offsetof(struct settings, sched.max_switch_wait_sec), 0, 366 * 86400LL, "300",
     "seconds that jobs may wait for few switches, at most", false},
    {"licenses", SETTING_LICENSES, offsetof(struct settings, sched.licenses), 0, 0,
     "none", "how many there are of each licence: matlab:10,ansys:2", false},
    {"topologyPlugin", SETTING_WORD, offsetof(struct settings, sched.topology_kind), 0,
     0, "flat",
     "which nodes are near each other: flat (all), tree (of switches), block (of "
     "blocks "
     "that gangs do not cross)",
     false},
    {"topologyLabels", SETTING_LABELS, offsetof(struct settings, sched.topology_labels),
     0, 0, TOPOLOGY_LABELS_DEFAULT,
     "node labels that name the switch or block, of each level from the top down",
     false},
    {"blockSizes", SETTING_SIZES, offsetof(struct settings, sched.block_sizes), 0, 0,
     "none",
     "nodes of a base block, then of larger blocks, which neighbouring ones make: "
     "18,36,72; of topologyLabels the last one names base blocks",
     false},
    {"preemptType", SETTING_WORD, offsetof(struct settings, sched.preempt_type), 0, 0,
     "none", "who may preempt: none, qos (as its list says), partition_prio (by tier)",
     false},
    {"preemptMode", SETTING_PREEMPT, offsetof(struct settings, sched.preempt_mode), 0,
     0, "OFF",
     "what becomes of who is preempted: REQUEUE, CANCEL; also WITHIN, PRIORITY", false},
    {"preemptExemptTime", SETTING_DURATION,
     offsetof(struct settings, sched.preempt_exempt_sec), 0, INT64_MAX, "0",
     "so long jobs are let run before they are preempted", false},
    {"preemptParameters.youngestFirst", SETTING_BOOL,
     offsetof(struct settings, sched.preempt_youngest_first), 0, 0, "false",
     "who started last is preempted first, whatever it costs", false},
    {"maxArraySize", SETTING_INT, offsetof(struct settings, max_array_size), 1,
     TASKSET_SIZE, "1001", "indices of job arrays are below this", true},
    {"gpuResource", SETTING_TEXT, offsetof(struct settings, gpu_resource), 0, 0,
     GPU_RESOURCE, "the extended resource that Slurm's gpu options mean", true},
    {"gpuTypeLabel", SETTING_TEXT, offsetof(struct settings, gpu_type_label), 0, 0,
     GPU_TYPE_LABEL, "node label that names the GPU type", true},
    {"scriptImage", SETTING_TEXT, offsetof(struct settings, script_image), 0, 0,
     SCRIPT_IMAGE, "image of script jobs that name none", true},
    {"launchImage", SETTING_TEXT, offsetof(struct settings, launch_image), 0, 0, "none",
     "image with gantry-launch in its PATH, for script jobs whose own image lacks it",
     true},
    {"controllerNamespace", SETTING_TEXT, offsetof(struct settings, namespace_), 0, 0,
     CONTROLLER_NAMESPACE, "namespace of the controller's ConfigMaps and of its Lease",
     true},
};

/* The words of a SETTING_WORD, in the order of its enum. */
static const struct choice {
    const char *key;
    const char *words[8]; /* NULL ends them */
} choices[] = {
    {"schedulerParameters.backfillOrder", {"queue", "limit", "area"}},
    {"topologyPlugin", TOPOLOGY_KIND_WORDS},
    {"preemptType", {"none", "qos", "partition_prio"}},
    {"priorityUsageResetPeriod",
     {"NONE", "NOW", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY"}},
};

void settings_default(struct settings *s)
{
    *s = (struct settings){.sched = sched_config_default(),
                           .max_array_size = 1001,
                           .gpu_resource = GPU_RESOURCE,
                           .gpu_type_label = GPU_TYPE_LABEL,
                           .script_image = SCRIPT_IMAGE,
                           .namespace_ = CONTROLLER_NAMESPACE};
}

static const struct setting *setting_find(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].key, key) == 0)
            return &table[i];
    return NULL;
}

static int refuse_key(const char *key, struct err *err)
{
    const char *words[ARRAY_LEN(table) + 1] = {NULL};
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        words[i] = table[i].key;
    const char *near = opt_nearest(key, words);
    return err_set(err, ERR_INVALID, "unknown key \"%s\"%s%s%s", key,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static int read_duration(const struct setting *row, const struct json *val,
                         int64_t *ret, struct err *err)
{
    AUTO_FREE char *number = json_is(val, JSON_INT) ? json_text(val, NULL) : NULL;
    if (!number && !json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a duration, such as 7-0 or 36h",
                       row->key);
    if (duration_parse(number ? number : json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

/* Slurm writes YES and NO. */
static int read_bool(const struct setting *row, const struct json *val, bool *ret,
                     struct err *err)
{
    const char *word = json_is(val, JSON_STRING) ? json_string(val) : "";
    bool yes = strcasecmp(word, "yes") == 0;
    if (json_is(val, JSON_BOOL))
        *ret = json_bool(val);
    else if (yes || strcasecmp(word, "no") == 0)
        *ret = yes;
    else
        return err_set(err, ERR_INVALID, "%s: must be true or false", row->key);
    return 0;
}

static const char *const *words_of(const struct setting *row)
{
    size_t i = 0;
    while (strcmp(choices[i].key, row->key) != 0)
        i++;
    return choices[i].words;
}

static int refuse_word(const struct setting *row, const char *word, struct err *err)
{
    const char *const *words = words_of(row);
    const char *near = opt_nearest(word, words);
    STR_AUTO struct str all;
    str_init(&all, SETTING_TEXT_MAX);
    for (size_t i = 0; words[i]; i++)
        str_addf(&all, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    return err_set(err, ERR_INVALID, "%s: must be %s%s%s%s", row->key, all.s,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static int read_word(const struct setting *row, const struct json *val, int *ret,
                     struct err *err)
{
    const char *const *words = words_of(row);
    const char *word = json_is(val, JSON_STRING) ? json_string(val) : "";
    if (str_starts(word, "preempt/") || str_starts(word, "topology/"))
        word = strchr(word, '/') + 1; /* Slurm names a plugin */
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret = i;
            return 0;
        }
    }
    return refuse_word(row, word, err);
}

/* "MAX_TRES,NO_NORMAL_QOS" */
static int read_flags(const struct setting *row, const struct json *val, int64_t *ret,
                      struct err *err)
{
    AUTO_FREE char *text = xstrdup(json_is(val, JSON_STRING) ? json_string(val) : "?");
    char *rest = text, *word;
    int64_t flags = 0;
    while ((word = strsep(&rest, ",")) != NULL) {
        word += strspn(word, " ");
        int64_t flag = priority_flag(word);
        if (flag == 0 && *text)
            return err_set(err, ERR_INVALID, "%s: \"%s\" is none of %s", row->key, word,
                           priority_flag_words());
        flags |= flag;
    }
    *ret = flags;
    return 0;
}

static int read_licenses(const struct setting *row, const struct json *val,
                         struct license_table *ret, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as matlab:10,ansys",
                       row->key);
    if (license_table_parse(json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int read_labels(const struct setting *row, const struct json *val,
                       struct topology_labels *ret, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as zone,leaf",
                       row->key);
    if (topology_labels_parse(json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

/* One size is a number in YAML. */
static int read_sizes(const struct setting *row, const struct json *val,
                      struct block_sizes *ret, struct err *err)
{
    AUTO_FREE char *number = json_is(val, JSON_INT) ? json_text(val, NULL) : NULL;
    if (!number && !json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as 18,36", row->key);
    if (block_sizes_parse(number ? number : json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int read_preempt(const struct setting *row, const struct json *val, int64_t *ret,
                        struct err *err)
{
    const char *words = json_is(val, JSON_STRING) ? json_string(val) : "?";
    /* YAML may take OFF for a truth value. */
    if (json_is(val, JSON_BOOL) && !json_bool(val))
        words = "OFF";
    if (preempt_mode_parse(words, ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int read_weights(const struct setting *row, const struct json *val,
                        struct tres_weights *ret, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as cpu=1000,mem=500",
                       row->key);
    if (tresweights_parse(json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

/* "associations,limits,safe": all but the last hold anyway. */
static int read_enforce(const struct setting *row, const struct json *val, bool *ret,
                        struct err *err)
{
    static const char *const words[] = {"associations", "limits", "qos", "safe", "all"};
    AUTO_FREE char *text = xstrdup(json_is(val, JSON_STRING) ? json_string(val) : "?");
    char *rest = text, *word;
    bool safe = false;
    while ((word = strsep(&rest, ",")) != NULL) {
        size_t i = 0;
        word += strspn(word, " ");
        while (i < ARRAY_LEN(words) && strcmp(words[i], word) != 0)
            i++;
        if (i == ARRAY_LEN(words))
            return err_set(err, ERR_INVALID,
                           "%s: \"%s\" is none of associations, limits, qos, safe, all",
                           row->key, word);
        safe |= i >= 3;
    }
    *ret = safe;
    return 0;
}

static int setting_read(struct settings *s, const struct setting *row,
                        const struct json *val, struct err *err)
{
    char *field = (char *)s + row->offset;
    int64_t number = 0;
    switch (row->type) {
    case SETTING_TEXT:
        if (!json_is(val, JSON_STRING) || json_string_len(val) == 0 ||
            json_string_len(val) >= SETTING_TEXT_MAX)
            return err_set(err, ERR_INVALID, "%s: must be a text of 1 to %d bytes",
                           row->key, SETTING_TEXT_MAX - 1);
        memcpy(field, json_string(val), json_string_len(val) + 1);
        return 0;
    case SETTING_BOOL:
        return read_bool(row, val, (bool *)field, err);
    case SETTING_WORD:
        return read_word(row, val, (int *)field, err);
    case SETTING_FLAGS:
        return read_flags(row, val, (int64_t *)field, err);
    case SETTING_PREEMPT:
        return read_preempt(row, val, (int64_t *)field, err);
    case SETTING_LICENSES:
        return read_licenses(row, val, (struct license_table *)field, err);
    case SETTING_LABELS:
        return read_labels(row, val, (struct topology_labels *)field, err);
    case SETTING_SIZES:
        return read_sizes(row, val, (struct block_sizes *)field, err);
    case SETTING_ENFORCE:
        return read_enforce(row, val, (bool *)field, err);
    case SETTING_WEIGHTS:
        return read_weights(row, val, (struct tres_weights *)field, err);
    case SETTING_DURATION:
        if (read_duration(row, val, &number, err) < 0)
            return -1;
        break;
    case SETTING_INT:
        if (!json_is(val, JSON_INT))
            return err_set(err, ERR_INVALID, "%s: must be a whole number", row->key);
        number = json_int(val);
        break;
    }
    if (number < row->min || number > row->max)
        return err_set(err, ERR_INVALID, "%s: %lld is not between %lld and %lld",
                       row->key, (long long)number, (long long)row->min,
                       (long long)row->max);
    memcpy(field, &number, sizeof(number));
    return 0;
}

/* A key of the file whose value is a mapping. */
static bool is_mapping(const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strncmp(table[i].key, key, len) == 0 && table[i].key[len] == '.')
            return true;
    return false;
}

/* Without a mode nobody would ever be preempted, and nothing would say so. */
static int check_preemption(const struct settings *s, struct err *err)
{
    if (s->sched.preempt_type == PREEMPT_BY_NOBODY ||
        (s->sched.preempt_mode & (PREEMPT_CANCEL | PREEMPT_REQUEUE)) != 0)
        return 0;
    return err_set(err, ERR_INVALID,
                   "preemptType needs a preemptMode: REQUEUE or CANCEL");
}

/* The keys of a mapping; `prefix` is that of the mapping around it, with its dot.
 * *ret_bad is the path of the key that is wrong, to be freed. */
static int read_keys(struct settings *s, const struct json *map, const char *prefix,
                     char **ret_bad, struct err *err)
{
    for (json_each (it, map)) {
        AUTO_FREE char *key = xasprintf("%s%s", prefix, it.key);
        const struct setting *row = setting_find(key);
        if (!row && !*prefix && is_mapping(key) && json_is(it.val, JSON_OBJECT)) {
            AUTO_FREE char *inner = xasprintf("%s.", key);
            if (read_keys(s, it.val, inner, ret_bad, err) < 0)
                return -1;
        } else if ((row ? setting_read(s, row, it.val, err) : refuse_key(key, err)) <
                   0) {
            *ret_bad = TAKE(key);
            return -1;
        }
    }
    return 0;
}

struct document {
    const char *name;
    struct json *doc; /* NULL: none, an empty file */
};

static int take_document(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct document *d = arg;
    if (!d->doc) {
        d->doc = take_doc;
        return 0;
    }
    json_free(take_doc);
    return err_set(err, ERR_INVALID, "%s:%zu: a second document; one is expected",
                   d->name, line);
}

int settings_parse(struct settings *s, const char *text, size_t len, const char *name,
                   struct err *err)
{
    struct settings fresh = *s;
    struct document d = {.name = name};
    int rc = yaml_parse(text, len, name, take_document, &d, err);
    JSON_AUTO struct json *doc = d.doc;
    if (rc < 0)
        return -1;
    if (doc && !json_is(doc, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: must be a mapping of keys to values",
                       name);
    AUTO_FREE char *bad = NULL;
    if (read_keys(&fresh, doc, "", &bad, err) < 0) {
        err_flatten(err);
        return err_prefix(err, "%s:%zu", name, yaml_line_of(text, len, bad));
    }
    if (check_preemption(&fresh, err) < 0)
        return err_prefix(err, "%s:%zu", name, yaml_line_of(text, len, "preemptType"));
    *s = fresh;
    return 0;
}

int settings_load(struct settings *s, const char *path, struct err *err)
{
    STR_AUTO struct str text;
    str_init(&text, SETTINGS_BYTES_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    return settings_parse(s, text.s, text.len, path, err);
}

static size_t size_of(const struct setting *row)
{
    switch (row->type) {
    case SETTING_TEXT:
        return SETTING_TEXT_MAX;
    case SETTING_BOOL:
    case SETTING_ENFORCE:
        return sizeof(bool);
    case SETTING_WORD:
        return sizeof(int);
    case SETTING_LICENSES:
        return sizeof(struct license_table);
    case SETTING_LABELS:
        return sizeof(struct topology_labels);
    case SETTING_SIZES:
        return sizeof(struct block_sizes);
    case SETTING_WEIGHTS:
        return sizeof(struct tres_weights);
    case SETTING_FLAGS:
    case SETTING_PREEMPT:
    case SETTING_INT:
    case SETTING_DURATION:
        break;
    }
    return sizeof(int64_t);
}

static bool differs(const struct setting *row, const char *a, const char *b)
{
    return row->type == SETTING_TEXT ? strcmp(a, b) != 0
                                     : memcmp(a, b, size_of(row)) != 0;
}

void settings_adopt(struct settings *s, const struct settings *fresh,
                    struct str *ret_changed, struct str *ret_kept)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct setting *row = &table[i];
        char *is = (char *)s + row->offset;
        const char *to = (const char *)fresh + row->offset;
        struct str *told = row->at_start ? ret_kept : ret_changed;
        if (!differs(row, is, to))
            continue;
        str_addf(told, "%s%s", told->len > 0 ? ", " : "", row->key);
        if (!row->at_start)
            memcpy(is, to, size_of(row));
    }
}

void settings_help(FILE *out)
{
    fprintf(out,
            "\nKeys of the configuration file (defaults in brackets). Those with a "
            "star are read at\nthe start only, the others also when the file "
            "changes:\n");
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        fprintf(out, "  %-36s %s [%s]%s\n", table[i].key, table[i].help,
                table[i].default_text, table[i].at_start ? " *" : "");
}
