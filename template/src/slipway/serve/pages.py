"""/docs, by files of the server's own: a browser without internet shows it as well."""

from importlib import resources

from fastapi import FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import Route

FILES = resources.files("fastapi_offline") / "static"
SCRIPT, STYLE, ICON = "swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"


def add(api: FastAPI) -> None:
    """Add /docs and its files, and lead / there unless the project has a page of its own."""
    page = get_swagger_ui_html(  # relative addresses: a proxy may serve all this below a prefix
        openapi_url="openapi.json",
        title=api.title,
        swagger_js_url=f"docs/{SCRIPT}",
        swagger_css_url=f"docs/{STYLE}",
        swagger_favicon_url=f"docs/{ICON}",
    )

    async def docs(_: object) -> Response:
        return page

    async def root(_: object) -> Response:
        return RedirectResponse("docs")

    async def file(request: Request) -> Response:
        return FileResponse(str(FILES / request.url.path.rpartition("/")[2]))

    served = [Route(f"/docs/{name}", file) for name in (SCRIPT, STYLE, ICON)]
    api.router.routes += [Route("/docs", docs), Route("/", root), *served]
