/*
 * answer - what goes back: one object, a list, a Status, or plain bytes, in the
 * representation that the client asked for.
 */
#ifndef GANTRY_LOCAL_ANSWER_H
#define GANTRY_LOCAL_ANSWER_H

#include "cmd/gantry-local/call.h"

/* Each sends a complete answer and ends the sink. All but answer_refusal return 0. */
/* As they are. */
int answer_bytes(struct call *call, int status, const char *content_type,
                 const struct str *body);
/* A document in JSON, written as call_negotiate settled. */
int answer_document(struct call *call, int status, const struct str *json);
int answer_tree(struct call *call, int status, const struct json *body);
int answer_object(struct call *call, int status, const struct object *object);
/* As answer_object, of another kind than was asked for: a Scale. */
int answer_as(struct call *call, int status, const struct kind *kind,
              const struct object *object);
void answer_refusal(struct call *call);

/* What stands in a list's metadata. */
struct list_meta {
    int64_t version;
    const char *cont;  /* NULL: the last page */
    int64_t remaining; /* behind this page; -1: not said */
};
int answer_list(struct call *call, const struct object_list *list,
                const struct list_meta *meta);

/* Appends one object as a watch event or answer shows it. `version` is the
 * resourceVersion it is to carry; `columns` says whether a Table has its column
 * definitions. */
struct view {
    const struct kind *kind;
    enum repr repr;
    enum media media; /* which whoever calls view_print sees to */
    enum table_include include;
    int64_t now_sec;
};
void view_print(const struct view *view, const struct object *object, int64_t version,
                bool columns, struct str *out);
/* A call's view; refuses an includeObject that is not known. */
int view_of(struct call *call, struct view *ret);

#endif
