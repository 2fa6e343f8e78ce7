"""What axe-core finds wrong on a page as it stands; the page and its own rules for scripts stay as they are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page

SCRIPT = Path(__file__).parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules are named one by one: by tag alone axe leaves out those that are off unless asked for (target sizes).
RUN = f"""(async () => {{
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const rules = axe.getRules({json.dumps(TAGS)}).map((rule) => rule.ruleId);
    const found = await axe.run(document, {{
        runOnly: {{ type: "rule", values: rules }}, resultTypes: ["violations"], preload: false,
    }});
    return found.violations.flatMap(({{ id, impact, nodes }}) => nodes.map(({{ target, failureSummary }}) =>
        [id, impact ?? "none", target.flat().join(" "), failureSummary.split(/\\s*\\n\\s*/).slice(1).join("; ")]));
}})()"""


async def violations(page: Page) -> list[str]:
    """Return a line for each element that breaks a rule: the rule, its impact, where, and why.

    A world of its own, beside the page's scripts, is bound neither by the page's Content-Security-Policy
    nor by its Trusted Types, so that both can stay in force.
    """
    inspector = await page.context.new_cdp_session(page)
    try:
        frame = (await inspector.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await inspector.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        context = int(world["executionContextId"])
        if await _evaluate(inspector, context, "typeof axe === 'undefined'"):
            await _evaluate(inspector, context, _source())
        return [
            f"{rule} ({impact}) {target}: {why}"
            for rule, impact, target, why in await _evaluate(inspector, context, RUN)
        ]
    finally:
        await inspector.detach()


async def _evaluate(inspector: CDPSession, context: int, script: str) -> Any:
    answer = await inspector.send(
        "Runtime.evaluate",
        {"expression": script, "contextId": context, "awaitPromise": True, "returnByValue": True},
    )
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


@cache
def _source() -> str:
    # What the script comes to is of no use here and could not be passed on.
    return SCRIPT.read_text(encoding="utf-8") + ";undefined"
