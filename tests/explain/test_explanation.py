from bytespike_cli.explain.explanation import Alternative, Explanation


def test_the_document() -> None:
    plain = Explanation("a", "A.", "do", "seen")
    assert plain.document() == {"name": "a", "cause": "A.", "fix": "do", "evidence": "seen"}
    doubtful = Explanation("a", "A.", "do", "seen", (Alternative("b", "B."),), "ask")
    assert doubtful.document()["or"] == [{"name": "b", "cause": "B."}]
    assert doubtful.document()["check"] == "ask"
