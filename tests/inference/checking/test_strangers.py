"""Who is a stranger to the sources of a draft: names inside sentences and at their beginning, in any alphabet."""

from twin.core.records import Claim, Passage
from twin.inference.checking.strangers import LEAST_USUAL, absent, marked, strangers, usual_of
from twin.metrics.claims import claims
from twin.metrics.truth.evidence import Evidence

SOURCE = Passage("p", "d", "", "", "Gerald had 412 alerts in 18 months. We clean doors in Sintra.", "post", "", 0.0)
KNOWN = Evidence([SOURCE], "Why Bronagh answers the phone")
MANY = frozenset(f"w{i}" for i in range(LEAST_USUAL)) | {"doors", "matter", "embrace"}


def test_a_stranger_is_a_name_that_no_source_says() -> None:
    usual = frozenset({"doors"})
    assert strangers("We asked Halvard and Gerald about Doors.", KNOWN, usual) == ["Halvard"]
    assert strangers("Bronagh knew. Keith said no. Nobody asked.", KNOWN, usual) == ["Keith"]


def test_a_first_word_is_a_name_where_nobody_writes_it_small() -> None:
    assert strangers("Kubernetes is fine. Gerald is fine. Unfortunately, matters embraced it.", KNOWN, MANY) == [
        "Kubernetes"
    ]
    assert strangers("Three things: Docker, and “Podman is it”.", KNOWN, MANY) == ["Docker", "Podman"]
    assert strangers("Matters are fine. Embracing doors. Doors. It\u2019s Gerald\u2019s. Don't.", KNOWN, MANY) == []


def test_a_name_may_begin_with_any_capital() -> None:
    assert strangers("We met Élodie in Ålesund, not émile.", KNOWN, MANY) == ["Élodie", "Ålesund"]


def test_functions_files_sites_and_loose_quantities_are_strangers_too() -> None:
    known = Evidence([SOURCE], "Run `mend_doors()` of doors.py")
    said = "It runs mend_doors() in doors.py, and/or open_doors() of a/b/c.py at doors.com for thousands."
    assert strangers(said, known, MANY) == ["doors.com", "open_doors", "a/b/c.py", "thousands"]


def test_a_word_is_usual_where_it_is_written_small_more_often_than_not() -> None:
    texts = [
        "We use github.com/a and `docker run`, see Docker, then Docker. A python, but Python, or Python.",
        "We mend.",
    ]
    assert usual_of(texts) == {"use", "and", "see", "then", "but", "or", "mend"}


def test_a_word_after_the_number_of_a_point_is_a_first_word() -> None:
    found = claims("1) Gerald had 412 alerts. 2) Matters had 412 alerts.", [SOURCE], "")
    assert [claim.status for claim in marked(found, Evidence([SOURCE], ""), MANY)] == [claim.status for claim in found]


def test_marked_sentences_are_not_found_and_say_why() -> None:
    text = "Kubernetes should be boring. Doors should be boring. Gerald had 412 alerts."
    code = [Claim("Gerald had 412 alerts in new_alerts.py of it.", "supported", ("p",), "")]
    assert marked(code, Evidence([SOURCE], ""), MANY)[0].finding == "not in your sources: new_alerts.py"
    found = marked(claims(text, [SOURCE], ""), Evidence([SOURCE], ""), MANY)
    assert [claim.status for claim in found] == ["not_found", "opinion", "supported"]
    assert [absent(claim) for claim in found] == [True, False, False]


def test_other_words_are_no_absent_thing() -> None:
    assert not absent(Claim("s", "not_found", (), "no source says this"))
    assert absent(Claim("s", "contradicted", (), "Gerald said 15"))
