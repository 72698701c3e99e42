#include "cmd/gantry/users.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct users {
    struct user *list;
    size_t n, cap;
};

struct users *users_new(void)
{
    return xcalloc(1, sizeof(struct users));
}

void users_free(struct users *u)
{
    if (!u)
        return;
    for (size_t i = 0; i < u->n; i++) {
        free(u->list[i].name);
        free(u->list[i].group);
    }
    free(u->list);
    free(u);
}

static struct user look_up(const char *name)
{
    const struct passwd *pw = getpwnam(name);
    const struct group *gr = pw ? getgrgid(pw->pw_gid) : NULL;

    return (struct user){.name = xstrdup(name),
                         .uid = pw ? (int64_t)pw->pw_uid : USERS_UNKNOWN,
                         .gid = pw ? (int64_t)pw->pw_gid : USERS_UNKNOWN,
                         .group = xstrdup(gr ? gr->gr_name : "(null)")};
}

const struct user *users_find(struct users *u, const char *name)
{
    for (size_t i = u->n; i-- > 0;)
        if (strcmp(u->list[i].name, name) == 0)
            return &u->list[i];
    GROW(u->list, u->n, u->cap);
    u->list[u->n] = look_up(name);
    return &u->list[u->n++];
}

char *users_name(const char *text)
{
    if (*text && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 11) {
        const struct passwd *pw = getpwuid((uid_t)strtoul(text, NULL, 10));
        if (pw)
            return xstrdup(pw->pw_name);
    }
    return xstrdup(text);
}
