#include "cmd/gantry/slurmjson.h"

#include <math.h>

#include "base/str.h"
#include "base/version.h"

#define ITEM_MAX (4u << 20)

struct json *slurmjson_number(int64_t n)
{
    const bool infinite = n == SLURMJSON_INFINITE, set = n != SLURMJSON_UNSET;

    return json_build("{'set': %b, 'infinite': %b, 'number': %i}", set && !infinite,
                      infinite, set && !infinite ? n : INT64_C(0));
}

struct json *slurmjson_fraction(bool has, double x)
{
    const bool infinite = has && isinf(x), set = has && !infinite;
    struct json *ret = json_build("{'set': %b, 'infinite': %b}", set, infinite);

    json_set(ret, "number", json_new_double(set ? x : 0));
    return ret;
}

struct json *slurmjson_text(const char *s)
{
    return json_new_string(s ? s : "");
}

static void print(const struct cli *cli, const struct json *j)
{
    STR_AUTO struct str text;

    str_init(&text, ITEM_MAX);
    json_print(j, &text);
    fwrite(text.s, 1, text.len, cli->out);
}

void slurmjson_begin(struct slurmjson *ret, const struct cli *cli, const char *name)
{
    *ret = (struct slurmjson){.cli = cli, .close = "]"};
    fprintf(cli->out, "{\n\"%s\": [", name);
}

void slurmjson_begin_in(struct slurmjson *ret, const struct cli *cli, const char *outer,
                        const char *name)
{
    *ret = (struct slurmjson){.cli = cli, .close = "]\n}"};
    fprintf(cli->out, "{\n\"%s\": {\n\"%s\": [", outer, name);
}

void slurmjson_item(struct slurmjson *doc, struct json *take)
{
    fprintf(doc->cli->out, "%s\n", doc->n++ ? "," : "");
    print(doc->cli, take);
    json_free(take);
}

void slurmjson_end(struct slurmjson *doc, int64_t now_sec)
{
    JSON_AUTO struct json *updated = slurmjson_number(now_sec);
    JSON_AUTO struct json *meta = json_build(
        "{'plugin': {'type': '', 'name': '', 'data_parser': 'data_parser/v0.0.42',"
        " 'accounting_storage': ''},"
        " 'command': [%s],"
        " 'slurm': {'release': %s, 'cluster': %s}}",
        doc->cli->program, GANTRY_VERSION, SLURMJSON_CLUSTER);

    fprintf(doc->cli->out, "\n%s,\n\"last_update\": ", doc->close);
    print(doc->cli, updated);
    fprintf(doc->cli->out, ",\n\"meta\": ");
    print(doc->cli, meta);
    fprintf(doc->cli->out, ",\n\"errors\": [],\n\"warnings\": []\n}\n");
}
