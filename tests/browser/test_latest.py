import time

from playwright.sync_api import expect

from tests.browser.conftest import open_page, rows


def test_the_latest_keystroke_wins_when_answers_come_in_reverse(page, box):
    held = []
    page.route("**/api/v1/complete*", lambda route: held.append(route))
    box.press_sequentially("niv")
    while len(held) < 3:
        page.wait_for_timeout(20)
    for route in reversed(held):
        try:
            route.continue_()
        except Exception as error:
            assert "aborted" in str(error).lower() or "handled" in str(error).lower()  # noqa: PT017
        page.wait_for_timeout(80)
    expect(page.locator("[role=option]").first).to_contain_text("niv")
    assert all(text.startswith("niv") for text in rows(page))


def test_the_old_list_stays_until_the_new_one_is_there(page, box):
    box.press_sequentially("n")
    expect(page.locator("[role=option]")).to_have_count(10)
    before = rows(page)
    page.route("**/api/v1/complete*", lambda route: (page.wait_for_timeout(0), None))
    box.press_sequentially("i")
    page.wait_for_timeout(150)
    assert rows(page) == before


def test_a_slow_server_never_blocks_typing(page, box):
    page.route("**/api/**", lambda _route: None)
    started = time.perf_counter()
    box.press_sequentially("nivora camera")
    assert box.input_value() == "nivora camera"
    assert time.perf_counter() - started < 2


def test_a_failing_server_is_told_and_typing_goes_on(page, context, site):
    lonely = context.new_page()
    box = open_page(lonely, "/")
    lonely.route("**/api/**", lambda route: route.abort())
    box.press_sequentially("ni")
    expect(lonely.locator("[data-note]")).to_contain_text("no answer just now")
    lonely.unroute("**/api/**")
    box.press_sequentially("v")
    expect(lonely.locator("[role=option]").first).to_contain_text("niv")
    expect(lonely.locator("[data-note]")).to_be_hidden()


def test_a_server_that_is_getting_ready_is_asked_again(page, context):
    lonely = context.new_page()
    box = open_page(lonely, "/")
    answers = iter([True])

    def answer(route):
        if next(answers, False):
            body = '{"status": 503, "detail": "Getting ready: kernels"}'
            route.fulfill(
                status=503, body=body, headers={"Retry-After": "1", "Content-Type": "application/problem+json"}
            )
        else:
            route.continue_()

    lonely.route("**/api/v1/complete*", answer)
    box.press_sequentially("n")
    expect(lonely.locator("[data-note]")).to_have_text("Getting ready: kernels")
    expect(lonely.locator("[role=option]")).to_have_count(10)


def test_the_cache_knows_the_context(page, box):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/complete" in request.url else None)
    box.press_sequentially("n")
    expect(page.locator("[role=option]").first).to_contain_text("n")
    box.press_sequentially("i")
    expect(page.locator("[role=option]").first).to_contain_text("ni")
    count = len(asked)
    box.press("Backspace")
    expect(page.locator("[role=option] b").first).not_to_have_text("")
    assert len(asked) == count
    box.fill("digital camera")
    box.press("Enter")
    expect(page.locator(".chips .back")).to_have_count(1)
    before = len(asked)
    box.press_sequentially("n")
    expect(page.locator("[role=option]").first).to_have_text("night camera")
    assert len(asked) > before
