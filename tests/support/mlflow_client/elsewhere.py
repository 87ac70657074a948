"""What leads to other servers: webhooks, workspaces, the registry of MCP servers. And what the client knows of itself."""

from tests.support.mlflow_client.asker import Asker, id_of

VERSION = "1.0.0"


def elsewhere(ask: Asker) -> None:
    ask.read("tracking_uri")
    ask.get_workspace_store_uri("of a client")
    if ask.three:
        webhooks(ask)
        workspaces(ask)
        mcp(ask, "there", "org.example/weather")
        mcp(ask, "no name", "weather")


def webhooks(ask: Asker) -> None:
    made = ask.create_webhook("all", "client-hook", "https://127.0.0.1:9/hook", ["registered_model.created"], "of models", status="DISABLED")
    hook = id_of(made, "00000000-0000-0000-0000-000000000000", "webhook_id")
    ask.create_webhook("an event that is none", "client-hook", "https://127.0.0.1:9/hook", ["model.sneezed"])
    ask.get_webhook("there", hook)
    ask.get_webhook("unknown", "nothing")
    ask.list_webhooks("all that there are")
    ask.list_webhooks("a page", max_results=1)
    ask.update_webhook("a description", hook, description="of other models")
    ask.update_webhook("unknown", "nothing", name="x")
    ask.test_webhook("there", hook)
    ask.test_webhook("unknown", "nothing")
    ask.delete_webhook("there", hook)
    ask.delete_webhook("unknown", "nothing")


def workspaces(ask: Asker) -> None:
    ask.list_workspaces("all that there are")
    ask.create_workspace("new", "client-space", "of somebody")
    ask.get_workspace("unknown", "client-space")
    ask.get_workspace("the one that is there", "default")
    ask.update_workspace("unknown", "client-space", "of nobody")
    ask.delete_workspace("unknown", "client-space")


def mcp(ask: Asker, case: str, name: str) -> None:
    """Every method that names an MCP server, with one of that name."""
    ask.create_mcp_server(case, name, "of the weather")
    ask.get_mcp_server(case, name)
    ask.search_mcp_servers(case, f"name = '{name}'")
    ask.update_mcp_server(case, name, description="of clouds")
    ask.set_mcp_server_tag(case, name, "team", "red")
    ask.delete_mcp_server_tag(case, name, "team")
    mcp_versions(ask, case, name)
    mcp_endpoints(ask, case, name)
    ask.delete_mcp_server_version(case, name, VERSION)
    ask.delete_mcp_server(case, name)


def mcp_versions(ask: Asker, case: str, name: str) -> None:
    ask.create_mcp_server_version(case, {"name": name, "version": VERSION, "description": "of the weather"}, tools=[])
    ask.get_mcp_server_version(case, name, VERSION)
    ask.get_latest_mcp_server_version(case, name)
    ask.search_mcp_server_versions(case, name)
    ask.update_mcp_server_version(case, name, VERSION, tools=[])
    ask.refresh_mcp_server_version_tools(case, name, VERSION, dry_run=True)
    ask.set_mcp_server_version_tag(case, name, VERSION, "team", "red")
    ask.delete_mcp_server_version_tag(case, name, VERSION, "team")
    ask.set_mcp_server_alias(case, name, "best", VERSION)
    ask.get_mcp_server_version_by_alias(case, name, "best")
    ask.delete_mcp_server_alias(case, name, "best")


def mcp_endpoints(ask: Asker, case: str, name: str) -> None:
    made = ask.create_mcp_access_endpoint(case, name, "https://weather.invalid/mcp", server_version=VERSION)
    endpoint = id_of(made, "ae-" + "0" * 32, "endpoint_id", "id")
    ask.get_mcp_access_endpoint(case, name, endpoint)
    ask.search_mcp_access_endpoints(case, name)
    ask.update_mcp_access_endpoint(case, name, endpoint, url="https://weather.invalid/other")
    ask.delete_mcp_access_endpoint(case, name, endpoint)
