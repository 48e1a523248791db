//! Tool files of others (MCP, OpenAPI, ToolEmu) to toolkits.
