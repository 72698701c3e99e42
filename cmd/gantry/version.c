/* gantry version - versions of this program and of the API server. */
#include <stddef.h>

#include "base/version.h"
#include "cmd/gantry/api.h"
#include "cmd/gantry/commands.h"

struct options {
    struct api_options api;
    bool client, help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"client", 0, OPT_FLAG, NULL, AT(client), NULL, "ask no server", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

static int ask_server(const struct cli *cli, const struct options *o)
{
    API_AUTO struct api c = {0};
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (api_open(&c, cli, &o->api, &err) < 0)
        return cli_error(cli, "%s", err.msg);
    kc_raw(c.client, "GET", "/version", NULL, NULL, answer_take, &a);
    if (api_wait(&c, &a, &err) < 0)
        return cli_error(cli, "%s", err.msg);
    fprintf(cli->out, "Server: %s\n", json_str_or(a.body, "gitVersion", "(unknown)"));
    return EXIT_DONE;
}

int cmd_version(const struct cli *cli, int argc, char **argv)
{
    struct options o = {0};
    struct err err = ERR_INIT;
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &o, &err);

    if (first < 0)
        return cli_error(cli, "%s", err.msg);
    if (first < argc)
        return cli_error(cli, "unexpected \"%s\"", argv[first]);
    if (o.help) {
        opt_help(table, "gantry version [OPTION...]",
                 "Versions of this program and of the API server.", cli->out);
        return EXIT_DONE;
    }
    fprintf(cli->out, "Client: " GANTRY_VERSION "\n");
    return o.client ? EXIT_DONE : ask_server(cli, &o);
}
