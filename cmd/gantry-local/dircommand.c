#include "cmd/gantry-local/dircommand.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"

struct options {
    const char *dir;
    bool help;
};

static const struct opt table[] = {
    STATEDIR_OPT(offsetof(struct options, dir)),
    {"help", 'h', OPT_FLAG, NULL, offsetof(struct options, help), NULL,
     "show this text", 0, 0},
    {0},
};

static void help(const struct dircommand *cmd)
{
    AUTO_FREE char *usage = xasprintf("gantry-local %s [--dir DIR]", cmd->name);

    opt_help(table, usage, cmd->about, stdout);
    opt_help_exits(cmd->exits, stdout);
}

int dircommand_main(const struct dircommand *cmd, int argc, char **argv)
{
    struct options o = {0};
    struct statedir c = {.lock = -1};
    struct err err = ERR_INIT;
    const int at = opt_parse(table, argc, argv, &o, &err);
    int status = EXIT_USE;

    if (at >= 0 && o.help) {
        help(cmd);
        return 0;
    }
    if (at >= 0 && at < argc)
        err_set(&err, ERR_INVALID, "unexpected \"%.100s\"; see --help", argv[at]);
    else if (at >= 0 && statedir_init(&c, o.dir, &err) == 0)
        status = cmd->run(&c, &err);
    if (err.code)
        fprintf(stderr, "gantry-local %s: %s\n", cmd->name, err.msg);
    statedir_fini(&c);
    return status;
}
