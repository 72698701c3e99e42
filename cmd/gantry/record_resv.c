#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/records.h"

/* "(null)" for none. */
static void add_names(struct block *b, const struct json *names)
{
    for (size_t i = 0; i < json_len(names); i++)
        block_add(b, "%s%s", i > 0 ? "," : "",
                  json_is(json_item(names, i), JSON_STRING)
                      ? json_string(json_item(names, i))
                      : "");
    if (json_len(names) == 0)
        block_add(b, "(null)");
}

/* Slurm shows that nodes were named. */
static bool names_nodes(const struct resv *r)
{
    const char *nodes = json_str_or(r->spec, "nodes", "");

    return *nodes && strcasecmp(nodes, "ALL") != 0 && !resv_has_flag(r, "SPEC_NODES");
}

/* Slurm has it among the flags. */
static void add_purge(struct block *b, const char *text, bool first)
{
    int64_t sec = 0;

    if (!text || duration_parse(text, &sec, NULL) < 0)
        return;
    block_add(b, "%sPURGE_COMP=%02d:%02d:%02d", first ? "" : ",", (int)(sec / 3600),
              (int)(sec / 60 % 60), (int)(sec % 60));
}

static void add_flags(struct block *b, const struct resv *r)
{
    const struct json *flags = json_get(r->spec, "flags");
    const char *purge = json_str(r->spec, "purgeComp");

    if (json_len(flags) > 0 || (!names_nodes(r) && !purge))
        add_names(b, flags);
    if (names_nodes(r))
        block_add(b, "%sSPEC_NODES", json_len(flags) > 0 ? "," : "");
    add_purge(b, purge, json_len(flags) == 0 && !names_nodes(r));
}

static void add_delay(struct block *b, const char *text)
{
    int64_t sec = LIMIT_UNSET;

    if (text && duration_parse(text, &sec, NULL) < 0)
        sec = LIMIT_UNSET;
    block_line(b, "%s", "");
    block_duration(b, "MaxStartDelay", sec, "(null)");
}

/* Slurm has CPUs, and GPUs where they were asked for; of one that holds no more than
 * what was asked for that. */
static void add_tres(struct block *b, const struct resv *r, int64_t cpus, int64_t gpus)
{
    const struct json *tres = json_get(r->spec, "tres");
    const char *mem = json_str(tres, "mem");
    bool first = true;

    block_line(b, "TRES=");
    if (!r->partial || cpus > 0) {
        block_add(b, "cpu=%lld", (long long)cpus);
        first = false;
    }
    if (r->partial && mem) {
        block_add(b, "%smem=%s", first ? "" : ",", mem);
        first = false;
    }
    for (json_each (it, tres)) {
        if (strncmp(it.key, "gres/gpu", strlen("gres/gpu")) != 0 ||
            (!r->partial && strcmp(it.key, "gres/gpu") != 0))
            continue;
        block_add(b, "%s%s=%lld", first ? "" : ",", it.key, (long long)gpus);
        first = false;
    }
}

void block_resv(struct block *b, const struct resv *r, const struct nodelist *nodes)
{
    int64_t cpus, gpus;
    const bool is = r->start_sec != TIME_UNSET && r->end_sec != TIME_UNSET;

    resv_sum(r, nodes, &cpus, &gpus);
    block_line(b, "ReservationName=%s", r->name);
    block_time(b, " StartTime", r->start_sec, "N/A");
    block_time(b, " EndTime", r->end_sec, "N/A");
    block_duration(b, " Duration", is ? r->end_sec - r->start_sec : LIMIT_UNSET, "N/A");
    block_line(b, "Nodes=%s NodeCnt=%lld CoreCnt=%lld Features=%s PartitionName=%s",
               *r->nodes ? r->nodes : "(null)", (long long)r->node_count,
               (long long)cpus, block_text(json_str(r->spec, "features")),
               block_text(json_str(r->spec, "partition")));
    block_add(b, " Flags=");
    add_flags(b, r);
    add_tres(b, r, cpus, gpus);
    block_line(b, "Users=");
    add_names(b, json_get(r->spec, "users"));
    block_add(b, " Groups=");
    add_names(b, json_get(r->spec, "groups"));
    block_add(b, " Accounts=");
    add_names(b, json_get(r->spec, "accounts"));
    if (json_len(json_get(r->spec, "allowedPartitions")) > 0) {
        block_add(b, " AllowedPartitions=");
        add_names(b, json_get(r->spec, "allowedPartitions"));
    }
    block_add(b, " Licenses=%s State=%s BurstBuffer=(null)",
              block_text(json_str(r->spec, "licenses")), r->state);
    add_delay(b, json_str(r->spec, "maxStartDelay"));
    if (*json_str_or(r->spec, "description", ""))
        block_line(b, "Comment=%s", json_str(r->spec, "description"));
    if (*r->message)
        block_line(b, "SystemComment=%s", r->message);
    block_end(b);
}
