#include "cmd/gantry-local/refuse.h"

#include <limits.h>
#include <unistd.h>

#include "base/util.h"

/* Each says no with a word and err, or NULL. */

static const char *refuse_command(const struct refuse_facts *f,
                                  const struct container_spec *c, struct err *err)
{
    (void)f;
    if (c->command[0])
        return NULL;
    err_set(err, ERR_INVALID,
            "container \"%.100s\" has no command: this node runs local processes and"
            " pulls no image (%.200s)",
            c->name, c->image);
    return "CommandMissing";
}

static const char *refuse_user(const struct refuse_facts *f,
                               const struct container_spec *c, struct err *err)
{
    (void)f;
    if (c->run_as_user >= 0 && c->run_as_user != (int64_t)geteuid()) {
        err_set(err, ERR_FORBIDDEN,
                "container \"%.100s\" is to run as user %lld: processes of this node"
                " run as user %u, who started it",
                c->name, (long long)c->run_as_user, geteuid());
        return "UserNotAvailable";
    }
    if (c->run_as_non_root && geteuid() == 0) {
        err_set(err, ERR_FORBIDDEN,
                "container \"%.100s\" has runAsNonRoot: processes of this node run as"
                " root, who started it",
                c->name);
        return "UserNotAvailable";
    }
    if (c->run_as_group >= 0 && c->run_as_group != (int64_t)getegid()) {
        err_set(err, ERR_FORBIDDEN,
                "container \"%.100s\" is to run as group %lld: processes of this node"
                " run as group %u",
                c->name, (long long)c->run_as_group, getegid());
        return "GroupNotAvailable";
    }
    return NULL;
}

static const char *refuse_rights(const struct refuse_facts *f,
                                 const struct container_spec *c, struct err *err)
{
    (void)f;
    if (geteuid() == 0 || (!c->privileged && !c->adds_capabilities))
        return NULL;
    err_set(
        err, ERR_FORBIDDEN,
        "container \"%.100s\" %s: processes of this node run as user %u, who started"
        " it, and have no such rights",
        c->name, c->privileged ? "is privileged" : "adds capabilities", geteuid());
    return "RightsNotAvailable";
}

static const char *refuse_view(const struct refuse_facts *f,
                               const struct container_spec *c, struct err *err)
{
    if (f->view != MOUNTNS_REFUSED || (c->n_mounts == 0 && !c->read_only_root))
        return NULL;
    err_set(err, ERR_FORBIDDEN,
            "%s of container \"%.100s\" need%s a mount namespace, which this machine"
            " refuses: %.300s",
            c->n_mounts > 0 ? "volumes" : "readOnlyRootFilesystem", c->name,
            c->n_mounts > 0 ? "" : "s", f->view_refusal);
    return "VolumesNotAvailable";
}

static const char *refuse_container(const struct refuse_facts *f,
                                    const struct container_spec *c, struct err *err)
{
    static const char *(*const checks[])(
        const struct refuse_facts *, const struct container_spec *,
        struct err *) = {refuse_command, refuse_user, refuse_rights, refuse_view};
    const char *word = NULL;

    for (size_t i = 0; !word && i < ARRAY_LEN(checks); i++)
        word = checks[i](f, c, err);
    return word;
}

static bool has_group(gid_t group)
{
    gid_t groups[NGROUPS_MAX];
    const int n = getgroups(NGROUPS_MAX, groups);

    for (int i = 0; i < n; i++)
        if (groups[i] == group)
            return true;
    return group == getegid();
}

static const char *refuse_groups(const struct pod_spec *pod, struct err *err)
{
    for (size_t i = 0; i < pod->n_groups; i++)
        if (!has_group((gid_t)pod->groups[i])) {
            err_set(err, ERR_FORBIDDEN,
                    "fsGroup or supplementalGroups has group %lld: user %u, who started"
                    " this node, is not in it",
                    (long long)pod->groups[i], geteuid());
            return "GroupNotAvailable";
        }
    return NULL;
}

const char *refuse_pod(const struct refuse_facts *f, const struct pod_spec *pod,
                       struct err *err)
{
    const char *word = refuse_groups(pod, err);

    for (size_t i = 0; !word && i < pod->n_inits; i++)
        word = refuse_container(f, &pod->inits[i], err);
    for (size_t i = 0; !word && i < pod->n_mains; i++)
        word = refuse_container(f, &pod->mains[i], err);
    return word;
}
