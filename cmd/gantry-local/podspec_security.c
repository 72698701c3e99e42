#include <linux/capability.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/podspec_private.h"

/* The kernel's names, by number, without "CAP_". */
static const char *const capabilities[] = {
    [CAP_CHOWN] = "CHOWN",
    [CAP_DAC_OVERRIDE] = "DAC_OVERRIDE",
    [CAP_DAC_READ_SEARCH] = "DAC_READ_SEARCH",
    [CAP_FOWNER] = "FOWNER",
    [CAP_FSETID] = "FSETID",
    [CAP_KILL] = "KILL",
    [CAP_SETGID] = "SETGID",
    [CAP_SETUID] = "SETUID",
    [CAP_SETPCAP] = "SETPCAP",
    [CAP_LINUX_IMMUTABLE] = "LINUX_IMMUTABLE",
    [CAP_NET_BIND_SERVICE] = "NET_BIND_SERVICE",
    [CAP_NET_BROADCAST] = "NET_BROADCAST",
    [CAP_NET_ADMIN] = "NET_ADMIN",
    [CAP_NET_RAW] = "NET_RAW",
    [CAP_IPC_LOCK] = "IPC_LOCK",
    [CAP_IPC_OWNER] = "IPC_OWNER",
    [CAP_SYS_MODULE] = "SYS_MODULE",
    [CAP_SYS_RAWIO] = "SYS_RAWIO",
    [CAP_SYS_CHROOT] = "SYS_CHROOT",
    [CAP_SYS_PTRACE] = "SYS_PTRACE",
    [CAP_SYS_PACCT] = "SYS_PACCT",
    [CAP_SYS_ADMIN] = "SYS_ADMIN",
    [CAP_SYS_BOOT] = "SYS_BOOT",
    [CAP_SYS_NICE] = "SYS_NICE",
    [CAP_SYS_RESOURCE] = "SYS_RESOURCE",
    [CAP_SYS_TIME] = "SYS_TIME",
    [CAP_SYS_TTY_CONFIG] = "SYS_TTY_CONFIG",
    [CAP_MKNOD] = "MKNOD",
    [CAP_LEASE] = "LEASE",
    [CAP_AUDIT_WRITE] = "AUDIT_WRITE",
    [CAP_AUDIT_CONTROL] = "AUDIT_CONTROL",
    [CAP_SETFCAP] = "SETFCAP",
    [CAP_MAC_OVERRIDE] = "MAC_OVERRIDE",
    [CAP_MAC_ADMIN] = "MAC_ADMIN",
    [CAP_SYSLOG] = "SYSLOG",
    [CAP_WAKE_ALARM] = "WAKE_ALARM",
    [CAP_BLOCK_SUSPEND] = "BLOCK_SUSPEND",
    [CAP_AUDIT_READ] = "AUDIT_READ",
    [CAP_PERFMON] = "PERFMON",
    [CAP_BPF] = "BPF",
    [CAP_CHECKPOINT_RESTORE] = "CHECKPOINT_RESTORE",
};

/* A bit each; "ALL" sets all, a name that no kernel has none. */
static uint64_t read_capabilities(const struct json *list)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *item = json_item(list, i);
        const char *name = json_is(item, JSON_STRING) ? json_string(item) : "";

        name += str_starts(name, "CAP_") ? 4 : 0;
        if (strcmp(name, "ALL") == 0)
            mask = ~UINT64_C(0);
        for (size_t k = 0; k < ARRAY_LEN(capabilities); k++)
            if (strcmp(name, capabilities[k]) == 0)
                mask |= UINT64_C(1) << k;
    }
    return mask;
}

void podspec_read_security(struct pod_spec *spec, struct container_spec *c,
                           const struct json *container)
{
    const struct json *sc = json_get(container, "securityContext");
    const uint64_t add = read_capabilities(json_at(sc, "capabilities.add"));

    c->run_as_user = json_int_or(sc, "runAsUser", -1);
    c->run_as_group = json_int_or(sc, "runAsGroup", -1);
    c->privileged = json_bool_or(sc, "privileged", false);
    c->no_new_privs = !json_bool_or(sc, "allowPrivilegeEscalation", true);
    c->read_only_root = json_bool_or(sc, "readOnlyRootFilesystem", false);
    c->adds_capabilities = json_len(json_at(sc, "capabilities.add")) > 0;
    c->drops_capabilities = read_capabilities(json_at(sc, "capabilities.drop")) & ~add;
    if (json_bool_or(sc, "runAsNonRoot", spec->run_as_non_root))
        c->run_as_non_root = true;
    podspec_refuse_fields(spec, sc, "securityContext", c->name);
}

/* ---- what is refused ---- */

static const struct {
    const char *of, *path;
    const char *value; /* refused only so; NULL: whatever it is */
} refused[] = {
    {"spec", "runtimeClassName", NULL},
    {"spec", "resourceClaims", NULL},
    {"spec", "dnsConfig", NULL},
    {"spec", "dnsPolicy", "None"},
    {"spec", "os.name", "windows"},
    {"spec", "setHostnameAsFQDN", "true"},
    {"securityContext", "sysctls", NULL},
    {"securityContext", "seLinuxOptions", NULL},
    {"securityContext", "windowsOptions", NULL},
    {"securityContext", "seccompProfile.type", "Localhost"},
    {"securityContext", "appArmorProfile.type", "Localhost"},
};

static bool is_set(const struct json *j, const char *value)
{
    if (!value)
        return json_is(j, JSON_STRING) || json_len(j) > 0;
    if (json_is(j, JSON_BOOL))
        return json_bool(j) && strcmp(value, "true") == 0;
    return json_is(j, JSON_STRING) && strcmp(json_string(j), value) == 0;
}

void podspec_refuse_fields(struct pod_spec *spec, const struct json *object,
                           const char *of, const char *container)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        const char *value = refused[i].value;

        if (strcmp(refused[i].of, of) != 0 ||
            !is_set(json_at(object, refused[i].path), value))
            continue;
        podspec_need(spec,
                     xasprintf("%s.%s%s%s%s%.100s%s", of, refused[i].path,
                               value ? ": " : "", value ? value : "",
                               container ? " of container \"" : "",
                               container ? container : "", container ? "\"" : ""));
    }
}

static void add_group(struct pod_spec *spec, const struct json *group)
{
    if (json_is(group, JSON_INT) && spec->n_groups < POD_GROUPS_MAX)
        spec->groups[spec->n_groups++] = json_int(group);
}

void podspec_read_pod_security(struct pod_spec *spec, const struct json *podspec)
{
    const struct json *sc = json_get(podspec, "securityContext");
    const struct json *groups = json_get(sc, "supplementalGroups");

    spec->groups =
        xcalloc(MIN(json_len(groups) + 1, POD_GROUPS_MAX), sizeof(*spec->groups));
    add_group(spec, json_get(sc, "fsGroup"));
    for (size_t i = 0; i < json_len(groups); i++)
        add_group(spec, json_item(groups, i));
    spec->run_as_non_root = json_bool_or(sc, "runAsNonRoot", false);
    podspec_refuse_fields(spec, podspec, "spec", NULL);
    podspec_refuse_fields(spec, sc, "securityContext", NULL);
}
