/* mcp_tools.h - the tools of `cordon mcp`: what they are (mcp_tools.json) and their results. New references,
 * or NULL without memory. */
#ifndef CORDON_CORDON_MCP_TOOLS_H
#define CORDON_CORDON_MCP_TOOLS_H

#include "cordon/service.h"

/* The list for tools/list. */
json_t *mcp_tools_list(void);

/* Results of tools/call: structured content, the same as text, and isError where what was asked was not done.
 */
json_t *mcp_answer_result(const struct service *service, const struct service_answer *answer);
json_t *mcp_policy_result(const struct service *service);
json_t *mcp_error_result(const struct error *err);

#endif
