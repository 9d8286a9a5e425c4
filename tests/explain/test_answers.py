import pytest

from bytespike_cli.explain.answers import answer_in, objects


@pytest.mark.parametrize(
    "text",
    [
        '401 UNAUTHENTICATED. {"error": {"code": 401, "message": "no"}}',
        "ClientError: 401 UNAUTHENTICATED. {'error': {'code': 401, 'message': \"it's no\"}}",
        'a {b} { c: 1 } {"error": {"code": 401, "message": "no"}} {',
    ],
)
def test_json_and_python_alike(text: str) -> None:
    found = answer_in(text)
    assert found is not None
    assert found.status == 401
    assert found.error.message in ("no", "it's no")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("HTTP/1.1 429 Too Many Requests", 429),
        ("HTTP/2 403 ", 403),
        ("[404 Not Found] words", 404),
        ("google.api_core.exceptions.Unauthorized: 401 POST http://h", 401),
        ("status: 503", 503),
        ("statusCode: 402,", 402),
        ("RetryableQuotaError: too often", 429),
    ],
)
def test_statuses_as_clients_write_them(text: str, status: int) -> None:
    found = answer_in(text)
    assert found is not None
    assert found.status == status


def test_path_and_headers_of_a_transcript() -> None:
    found = answer_in(
        "> POST /v1beta/models/gemini-3-flash:generateContent HTTP/1.1\n"
        "< HTTP/1.1 429 Too Many Requests\n< x-ratelimit-remaining: 0.00\n< Retry-After: 7\n"
    )
    assert found is not None
    assert found.path == "/v1beta/models/gemini-3-flash:generateContent"
    assert found.headers == {"x-ratelimit-remaining": "0.00", "retry-after": "7"}


def test_no_answer_in_ordinary_words() -> None:
    assert answer_in("all is well, 404 cookies") is None


def test_the_end_of_a_long_log_is_read() -> None:
    log = '{"message": "working"}\n' * 1000 + '{"error": {"code": 401, "message": "no"}}'
    found = answer_in(log)
    assert found is not None
    assert found.status == 401


def test_objects_are_found_in_prose() -> None:
    text = 'one {"error": "a"} two {\'message\': "b"} three {"message": broken'
    assert [document for _, document in objects(text)] == [{"error": "a"}, {"message": "b"}]
