/* value.c - what JavaScript gives, as C has it. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"

napi_value throw_text(napi_env env, const char *text)
{
    napi_throw_error(env, NULL, text);
    return NULL;
}

napi_value property(napi_env env, napi_value object, const char *name)
{
    napi_value value = NULL;
    napi_get_named_property(env, object, name, &value);
    return value;
}

bool is_type(napi_env env, napi_value value, napi_valuetype wanted)
{
    napi_valuetype type;
    return value && napi_typeof(env, value, &type) == napi_ok && type == wanted;
}

char *text_take(napi_env env, napi_value value)
{
    size_t length;
    if (!is_type(env, value, napi_string) ||
        napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok)
        return NULL;
    char *text = malloc(length + 1);
    if (text) napi_get_value_string_utf8(env, value, text, length + 1, &length);
    return text;
}

char *bytes_take(napi_env env, napi_value value, size_t *length)
{
    bool is_array = false;
    napi_typedarray_type type;
    void *data = NULL;
    *length = 0;
    if (!value || napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array) return NULL;
    napi_get_typedarray_info(env, value, &type, length, &data, NULL, NULL);
    char *bytes = malloc(*length + 1);
    if (bytes && *length) memcpy(bytes, data, *length);
    return bytes;
}

void texts_free(struct texts *texts)
{
    for (uint32_t i = 0; i < texts->count; i++) free(texts->items[i]);
    free(texts->items);
    *texts = (struct texts){0};
}

bool texts_take(napi_env env, napi_value array, struct texts *texts)
{
    bool is_array = false;
    uint32_t count = 0;
    if (!array || napi_is_array(env, array, &is_array) != napi_ok || !is_array) return true;
    napi_get_array_length(env, array, &count);
    if (count > TEXTS_MAX) return false;
    texts->items = calloc(count + 1, sizeof *texts->items);
    for (; texts->items && texts->count < count; texts->count++) {
        napi_value item;
        napi_get_element(env, array, texts->count, &item);
        if (!(texts->items[texts->count] = text_take(env, item))) return false;
    }
    return texts->items != NULL;
}

uint64_t number_take(napi_env env, napi_value value)
{
    double number = 0;
    if (is_type(env, value, napi_number)) napi_get_value_double(env, value, &number);
    return number > 0 ? (uint64_t)number : 0;
}

bool flag_take(napi_env env, napi_value value)
{
    bool flag = false;
    if (is_type(env, value, napi_boolean)) napi_get_value_bool(env, value, &flag);
    return flag;
}

void text_put(napi_env env, napi_value object, const char *name, const char *text)
{
    napi_value value;
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, object, name, value);
}
