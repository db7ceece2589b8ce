/* hook_notebook.h - notebooks: cells of code, with the lines that only their shell reads (!command, %magic).
 */
#ifndef CORDON_CORDON_HOOK_NOTEBOOK_H
#define CORDON_CORDON_HOOK_NOTEBOOK_H

#include "cordon/hook_code.h"

/* One cell. The arena owns what is added. False where cordon failed. */
bool hook_notebook_cell(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                        struct view label, struct view source, struct view folder, struct error *err);

/* A whole notebook file (nbformat 4): every cell of code. */
bool hook_notebook_take(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                        struct view path, struct view json, struct view folder, struct error *err);

#endif
