/* addon.h - between the files of the addon. All of it is the event loop's thread's alone. */
#ifndef CORDON_NODE_ADDON_H
#define CORDON_NODE_ADDON_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cordon_gate;

enum { TEXTS_MAX = 4096 };

struct texts {
    char **items;
    uint32_t count;
};

/* value.c: copies are the caller's, by free. A value may be NULL, which is of no type. */

/* Always NULL. */
napi_value throw_text(napi_env env, const char *text);
napi_value property(napi_env env, napi_value object, const char *name);
void text_put(napi_env env, napi_value object, const char *name, const char *text);
bool is_type(napi_env env, napi_value value, napi_valuetype wanted);

/* A copy with a NUL behind it; NULL for what is no text. */
char *text_take(napi_env env, napi_value value);
/* Of a Buffer or a Uint8Array; never NULL for one. */
char *bytes_take(napi_env env, napi_value value, size_t *length);
/* No array: no texts. False: something else than a text is in it, there are too many, or memory is out; what
 * was taken is to be freed then too. */
bool texts_take(napi_env env, napi_value array, struct texts *texts);
void texts_free(struct texts *texts);
/* 0 for what is no number, or below 1. */
uint64_t number_take(napi_env env, napi_value value);
bool flag_take(napi_env env, napi_value value);

/* addon.c: NULL, with an exception thrown, for what is no open gate. */
struct cordon_gate **gate_take(napi_env env, napi_value value);

/* job.c: start(gate, request, onOutput) -> {promise, cancel} */
napi_value job_start(napi_env env, napi_callback_info info);
/* answer(asking, hasSucceeded, text): what a tool that a program called has said; once. */
napi_value tool_answer(napi_env env, napi_callback_info info);

#endif
